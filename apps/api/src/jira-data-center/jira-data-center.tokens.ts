import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LinkEntity } from '../connections/link.entity.js';
import { LinkTokens } from '../connections/link-tokens.service.js';
import { DataCenterOAuth } from './jira-data-center.oauth.js';
import { DataCenterSetup, type ReadyDataCenter } from './jira-data-center.setup.js';

/** The authorisations that people gave us at Jira: is one still good, and renewing it. */
@Injectable()
export class DataCenterTokens {
  /** Renewals under way in this process, by link. */
  private readonly renewals = new Map<string, Promise<boolean>>();

  constructor(
    private readonly db: DataSource,
    private readonly oauth: DataCenterOAuth,
    private readonly tokens: LinkTokens,
    private readonly installed: DataCenterSetup,
  ) {}

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

  /** Callers of this process share one renewal, so that a slow Jira does not hold a database connection for each of them. */
  private renewOnce(settings: ReadyDataCenter, linkId: string): Promise<boolean> {
    const running = this.renewals.get(linkId);
    if (running) return running;
    const renewal = this.db.transaction((manager) => this.renew(manager, settings, linkId)).finally(() => this.renewals.delete(linkId));
    this.renewals.set(linkId, renewal);
    return renewal;
  }

  /**
   * One renewal at a time, over all processes: the row stays locked from before Jira is asked until the new tokens are
   * committed. Whoever waited finds them and asks nobody. Refresh tokens work once, so two renewals with one of them would
   * end the authorisation.
   */
  private async renew(manager: EntityManager, settings: ReadyDataCenter, linkId: string): Promise<boolean> {
    const link = await manager.findOne(LinkEntity, { where: { id: linkId }, lock: { mode: 'pessimistic_write' } });
    if (!link || link.status === 'expired') return false;
    if (this.tokens.isFresh(link)) return true;
    const refreshToken = this.tokens.refreshToken(link);
    const result = refreshToken === null ? { kind: 'rejected' as const } : await this.oauth.refresh(settings, refreshToken);
    if (result.kind === 'rejected') {
      await manager.update(LinkEntity, { id: linkId }, { status: 'expired' });
      return false;
    }
    const tokens = { ...result.tokens, refreshToken: result.tokens.refreshToken ?? refreshToken };
    await manager.update(LinkEntity, { id: linkId }, this.tokens.columns(linkId, tokens));
    return true;
  }
}
