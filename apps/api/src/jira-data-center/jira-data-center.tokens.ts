import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { LinkEntity } from '../connections/link.entity.js';
import { LinkTokens } from '../connections/link-tokens.service.js';
import { SingleFlight } from '../database/single-flight.js';
import { DataCenterOAuth } from './jira-data-center.oauth.js';
import { DataCenterSetup, type ReadyDataCenter } from './jira-data-center.setup.js';

/** The authorisations that people gave us at Jira: is one still good, and renewing it. */
@Injectable()
export class DataCenterTokens {
  private readonly renewals: SingleFlight;

  constructor(
    private readonly db: DataSource,
    private readonly oauth: DataCenterOAuth,
    private readonly tokens: LinkTokens,
    private readonly installed: DataCenterSetup,
  ) {
    this.renewals = new SingleFlight(db);
  }

  /**
   * Whether the authorisation behind a link is still good. One whose token is over is renewed; when Jira refuses that (the
   * person took it back, or was away for ninety days) the link has ended. True for links without tokens: those matched by
   * e-mail. Throws `JiraProblem` when Jira cannot be asked.
   */
  async linkHolds(linkId: string): Promise<boolean> {
    const link = await this.db.getRepository(LinkEntity).findOneBy({ id: linkId });
    if (!link || link.status === 'expired') return false;
    if (link.accessTokenSealed === null || this.tokens.isFresh(link)) return true;
    const settings = await this.installed.ready();
    // With e-mail matching chosen later there is no client any more that could renew it.
    return settings.oauth === null || this.renewOnce(settings, linkId);
  }

  /**
   * One renewal at a time, over all processes, because refresh tokens work once: two renewals with one of them would end the
   * authorisation. Whoever waited finds the new tokens and asks nobody.
   */
  private renewOnce(settings: ReadyDataCenter, linkId: string): Promise<boolean> {
    return this.renewals.once(`renew link ${linkId}`, () => this.holdsByItself(linkId), () => this.renew(settings, linkId));
  }

  /** What the stored tokens tell; undefined when they have to be renewed. */
  private async holdsByItself(linkId: string): Promise<boolean | undefined> {
    const link = await this.db.getRepository(LinkEntity).findOneBy({ id: linkId });
    if (!link || link.status === 'expired') return false;
    return this.tokens.isFresh(link) ? true : undefined;
  }

  private async renew(settings: ReadyDataCenter, linkId: string): Promise<boolean> {
    const link = await this.db.getRepository(LinkEntity).findOneByOrFail({ id: linkId });
    const refreshToken = this.tokens.refreshToken(link);
    const result = refreshToken === null ? { kind: 'rejected' as const } : await this.oauth.refresh(settings, refreshToken);
    if (result.kind === 'rejected') {
      await this.replace(link, { status: 'expired' });
      return false;
    }
    const tokens = { ...result.tokens, refreshToken: result.tokens.refreshToken ?? refreshToken };
    await this.replace(link, this.tokens.columns(linkId, tokens));
    return true;
  }

  /** Unless the person linked again meanwhile: those tokens are newer. */
  private async replace({ id, refreshTokenSealed }: LinkEntity, change: Partial<LinkEntity>): Promise<void> {
    await this.db.getRepository(LinkEntity).update({ id, refreshTokenSealed: refreshTokenSealed ?? IsNull() }, change);
  }
}
