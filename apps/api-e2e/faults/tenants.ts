/**
 * More companies on one installation, each with a Jira site and a connection of its own. Their rows are made like that of the first
 * one, with credentials that are sealed anew: fifty people who fill in the form would only cost time.
 */
import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../../api/src/database/uuid.js';
import { SecretBox } from '../../api/src/security/secret-box.js';
import { wiki } from '../../../tools/sandbox/jira-store.ts';
import type { CloudSite } from '../../../tools/sandbox/jira-cloud/site.ts';
import { ACCOUNTS, CREDENTIALS } from '../src/stage.js';
import type { Installation, Parcel } from './installation.js';

/** More than a test needs. */
const IDS_EACH = 50_000;

const PATIENCE_MS = 120_000;

/** One further company. */
export class Tenant {
  /** When our first comment stood in an issue, by its id; milliseconds since 1970. */
  readonly commentedAt = new Map<string, number>();
  private readonly waiting = new Map<string, PromiseWithResolvers<void>>();

  constructor(
    readonly site: CloudSite,
    readonly connectionId: string,
    agentId: string,
    /** Where the numbers of its issues begin. */
    private lastIssue: number,
  ) {
    site.store.onEvent((event) => {
      if (event.kind !== 'comment_created' || event.actorId !== agentId || this.commentedAt.has(event.issue.id)) return;
      this.commentedAt.set(event.issue.id, Date.now());
      this.waiting.get(event.issue.id)?.resolve();
    });
    site.webhooks.register({ name: 'held', url: 'http://127.0.0.1:9/held', secret: CREDENTIALS.webhookSecret, events: ['comment_created'] });
    site.webhooks.hold();
  }

  /** Milliseconds from now, when the trigger is sent, until our first comment stands in its issue; null when none comes in two minutes. */
  async toComment(installation: Installation, parcel: Parcel): Promise<number | null> {
    const started = Date.now();
    await installation.carry(parcel);
    await this.commented(parcel.issueId);
    const at = this.commentedAt.get(parcel.issueId);
    return at === undefined ? null : at - started;
  }

  /** Resolves when our first comment stands in an issue, or when nobody waits for it any longer. */
  async commented(issueId: string, patienceMs = PATIENCE_MS): Promise<void> {
    if (this.commentedAt.has(issueId)) return;
    const waiting = Promise.withResolvers<void>();
    this.waiting.set(issueId, waiting);
    const timer = setTimeout(waiting.resolve, patienceMs);
    await waiting.promise;
    clearTimeout(timer);
  }

  /** A new issue with a comment that asks for work. */
  asks(): Parcel {
    const { store, webhooks } = this.site;
    this.lastIssue += 1;
    const issue = store.addIssue({ projectKey: 'SHOP', number: this.lastIssue, summary: `Wish ${this.lastIssue}`, description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben });
    store.addComment(issue, { authorId: ACCOUNTS.ben, body: wiki('@openhands please grant this wish') });
    const { identifier, body } = webhooks.deliveries.at(-1)!;
    webhooks.deliveries.length = 0;
    webhooks.loseHeld();
    webhooks.hold();
    return { connectionId: this.connectionId, site: this.site, issueId: issue.id, issueKey: issue.key, identifier, body, asks: true, acknowledged: 0 };
  }
}

export class Tenants {
  private readonly key = { id: 'k1', bytes: randomBytes(32) };
  private readonly box = new SecretBox([this.key]);

  /** With these the installation has the key that the tenants' credentials are sealed with. */
  get settings(): Record<string, string> {
    return { ENCRYPTION_KEYS: `${this.key.id}:${this.key.bytes.toString('base64')}` };
  }

  /** A company in which Ben has an account too, linked to him here. */
  async add(installation: Installation, number: number): Promise<Tenant> {
    const { atlassian, jira } = installation.stage.sandbox;
    const site = atlassian.addSite(`tenant-${number}.atlassian.net`);
    // In Jira two sites may have the same ids. Here they have not, so that issues of all tenants can be counted together.
    for (let id = 0; id < IDS_EACH * number; id += 1) site.store.nextId();
    site.store.people.push(...jira.store.people.filter((person) => person.accountId === ACCOUNTS.ben || person.accountId === ACCOUNTS.ada));
    site.store.projects.push(...jira.store.projects);
    const account = atlassian.createServiceAccount(site, { name: 'OpenHands Agent', email: `agent-${number}@example.com`, token: `token-of-tenant-${number}` });
    const id = uuidv7();
    const sealed = (secret: string, column: string): string => this.box.seal(secret, `connections:${id}:${column}`);
    await installation.database.query(CONNECTION, [
      installation.connectionId, id, site.host, site.cloudId, account.email, sealed(account.token, 'service_account_token_sealed'), sealed(CREDENTIALS.webhookSecret, 'webhook_secret_sealed'), [account.accountId],
    ]);
    await installation.database.query(LINK, [installation.connectionId, uuidv7(), id, ACCOUNTS.ben]);
    return new Tenant(site, id, account.accountId, 10_000 * number);
  }
}

/** A connection like the first one. */
const CONNECTION = `
  INSERT INTO connections (id, product, site, site_url, cloud_id, owner_id, status, service_account_email, service_account_token_sealed, service_account_scheme,
    service_account_saved_at, service_account_ids, webhook_secret_sealed, webhook_secret_set_at, webhook_mode)
  SELECT $2, product, $3, 'https://' || $3, $4, owner_id, status, $5, $6, service_account_scheme, service_account_saved_at, $8::text[], $7, webhook_secret_set_at, webhook_mode
  FROM connections WHERE id = $1`;

const LINK = `
  INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method)
  SELECT $2, $3, user_id, jira_account_id, jira_display_name, method FROM links WHERE connection_id = $1 AND jira_account_id = $4`;
