/**
 * One Jira Cloud site: its host, its cloudId, what it holds, the API tokens of its service accounts, its webhooks and its limits.
 */
import { randomUUID } from 'node:crypto';
import { Permissions } from '../jira-permissions.ts';
import { JiraStore } from '../jira-store.ts';
import { eventName, webhookPayload } from './payloads.ts';
import { CloudWebhooks, type WebhookOptions } from './webhooks.ts';
import type { ShapeContext } from './shapes.ts';

/** An API token of a service account. It works only at the gateway (jira-api.md 2.2). */
export interface ServiceToken {
  token: string;
  email: string;
  accountId: string;
  scopes: string[];
  /** Which schemes the gateway accepts: documentation says Basic, programs report Bearer (open question 4). */
  schemes: ('basic' | 'bearer')[];
}

export class CloudSite {
  readonly host: string;
  readonly name: string;
  readonly cloudId: string = randomUUID();
  readonly store: JiraStore;
  readonly webhooks: CloudWebhooks;
  readonly serviceTokens: ServiceToken[] = [];
  /** A renamed site answers every call with 302 to this host; null as long as it keeps its name. */
  renamedTo: string | null = null;
  /** Whether answers of the gateway carry X-AACCOUNTID: recorded on the site host, not proven on the gateway (open question 5). */
  showsAccountIdHeader = true;
  /** Whether comment edits need an own `visibility` to stay restricted. Not documented; the harsher case is the default. */
  editWithoutVisibilityIsPublic = true;
  readonly #permissions: Permissions;
  readonly #writes = new Map<string, number[]>();

  constructor(host: string, options: WebhookOptions) {
    this.host = host;
    this.name = host.split('.')[0] ?? host;
    this.store = new JiraStore(options.clock);
    this.#permissions = new Permissions(this.store);
    this.webhooks = new CloudWebhooks(options);
    this.store.onEvent((event) => {
      this.webhooks.announce(eventName(event), event.issue.key, webhookPayload(this.context, event));
    });
  }

  /** The address that people know. */
  get url(): string {
    return `https://${this.host}`;
  }

  get context(): ShapeContext {
    return { siteUrl: this.url, store: this.store };
  }

  /** Takes a permission, for example ADD_COMMENTS, away from a person. */
  withholdPermission(accountId: string, permission: string): void {
    this.#permissions.withhold(accountId, permission);
  }

  restorePermission(accountId: string, permission: string): void {
    this.#permissions.restore(accountId, permission);
  }

  hasPermission(accountId: string, permission: string): boolean {
    return this.#permissions.has(accountId, permission);
  }

  /**
   * Counts a write to an issue and says how many seconds to wait when there were too many: 20 in 2 s, 100 in 30 s per issue
   * (jira-api.md 2.5).
   */
  countWrite(issueId: string): number | null {
    const now = this.store.clock.now();
    const recent = (this.#writes.get(issueId) ?? []).filter((at) => at > now - 30_000);
    const lastTwoSeconds = recent.filter((at) => at > now - 2_000).length;
    if (lastTwoSeconds >= 20) return 2;
    if (recent.length >= 100) return 30;
    this.#writes.set(issueId, [...recent, now]);
    return null;
  }
}
