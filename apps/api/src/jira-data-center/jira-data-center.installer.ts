import { Injectable } from '@nestjs/common';
import { Problem } from '../security/problem.js';
import { ownAccount, type DataCenterAccount, type ServerVersion, SIGNED_SINCE, versionOf } from './jira-data-center.account.js';
import { answerable } from './jira-data-center.problems.js';
import { DataCenterServers } from './jira-data-center.server.js';
import { type CountedCalls, type InstalledWebhook, type WantedWebhook, WebhookAdministration } from './jira-data-center.webhook-api.js';

/**
 * Puts our webhook into Jira and takes it away, with a token that an administrator pasted for this one request. The token
 * lives in the arguments of these methods and nowhere else: it is not stored, not logged and in no error.
 */
@Injectable()
export class WebhookInstaller {
  constructor(private readonly servers: DataCenterServers) {}

  /**
   * The service account, checked before anything is set up: its token works, and this Jira signs what it sends.
   * Throws the `Problem` for the caller.
   */
  serviceAccount(baseUrl: string, token: string): Promise<DataCenterAccount> {
    return answerable('service account', async () => {
      const server = this.servers.open({ baseUrl, token });
      const account = await ownAccount(server);
      needSignatures(await versionOf(server));
      return account;
    });
  }

  /**
   * Creates the webhook, or updates the one that has our address or an earlier one of ours (`stale`), and looks whether
   * Jira has it as wanted. When Jira does not, a webhook that was made just now is removed again.
   */
  install(baseUrl: string, adminToken: string, wanted: WantedWebhook, stale: (url: string) => boolean): Promise<void> {
    return answerable('administrator', async () => {
      const { administration, version } = await this.administration(baseUrl, adminToken);
      needSignatures(version);
      const installed = await administration.list();
      const known = installed.find((one) => one.url === wanted.url) ?? installed.find((one) => stale(one.url));
      if (known) await administration.update(known.id, wanted);
      const id = known?.id ?? (await administration.create(wanted));
      const difference = differenceOf(await administration.read(id), wanted);
      if (difference === null) return;
      if (!known) await administration.remove(id).catch(() => undefined);
      throw new Problem(502, 'jira_unexpected_answer', `Jira took the webhook but shows it differently: ${difference}. Set the webhook up in Jira yourself.`);
    });
  }

  /** Removes every webhook with this address. None is fine: then somebody else has removed it. */
  remove(baseUrl: string, adminToken: string, url: string): Promise<void> {
    return answerable('administrator', async () => {
      const { administration } = await this.administration(baseUrl, adminToken);
      for (const one of await administration.list()) if (one.url === url) await administration.remove(one.id);
    });
  }

  /** The webhook with this address and what Jira counted about its calls; null when Jira has none. Throws the `Problem` for a Jira that does not count. */
  inspect(baseUrl: string, adminToken: string, url: string): Promise<{ active: boolean; calls: CountedCalls } | null> {
    return answerable('administrator', async () => {
      const { administration, version } = await this.administration(baseUrl, adminToken);
      needSignatures(version);
      const known = (await administration.list()).find((one) => one.url === url);
      return known ? { active: known.active, calls: await administration.statistics(known.id) } : null;
    });
  }

  /** Proves the token first, so that later refusals can only mean that its owner is no administrator. */
  private async administration(baseUrl: string, token: string): Promise<{ administration: WebhookAdministration; version: ServerVersion }> {
    const server = this.servers.open({ baseUrl, token, whose: 'the administrator' });
    await ownAccount(server);
    const version = await versionOf(server);
    return { administration: new WebhookAdministration(server, version.major), version };
  }
}

function needSignatures({ major, text }: ServerVersion): void {
  if (major >= SIGNED_SINCE) return;
  throw new Problem(
    422, 'webhook_not_signed',
    `This is Jira ${text}. Versions before 10 cannot sign what they send, so nobody could tell its webhooks from forged ones. Upgrade Jira to version 10.3 or later, then set the webhook up again.`,
  );
}

/** What Jira has other than we want it, in words; null when all is well. */
function differenceOf(shown: InstalledWebhook | null, wanted: WantedWebhook): string | null {
  if (!shown) return 'it is not in the list of webhooks';
  if (shown.url !== wanted.url) return 'its address is another one';
  if (wanted.events.some((event) => !shown.events.includes(event))) return 'some events are missing';
  if (!shown.active) return 'it is switched off';
  if (shown.excludesBody) return 'it sends no body';
  // Most versions do not show the secret; one that is hidden by asterisks tells nothing either.
  if (shown.secret && !/^\*+$/.test(shown.secret) && shown.secret !== wanted.secret) return 'its secret is another one';
  return null;
}
