/**
 * The stand-in of one Jira Data Center server: its people and issues, personal access tokens, OAuth 2.0 provider, webhooks and REST v2,
 * all below one base address that may have a context path. What it can and will do is said by `behaviour`.
 */
import { Consent } from '../consent.ts';
import { Permissions } from '../jira-permissions.ts';
import { JiraStore } from '../jira-store.ts';
import { OAuthServer } from '../oauth-server.ts';
import { html, json, type Reply } from '../routes.ts';
import { StandIn } from '../stand-in.ts';
import type { WebhookOptions } from '../webhook-sender.ts';
import { AccessTokens, addAccessTokenRoutes } from './access-tokens.ts';
import { addAuthorizationRoutes, authorizationError, refuseAuthorization } from './authorization.ts';
import { usualBehaviour, type Behaviour } from './behaviour.ts';
import { Door, LOGIN_PAGE } from './door.ts';
import { announcements } from './payloads.ts';
import { addReactionRoutes, type Reaction } from './reactions.ts';
import { addCommentRoutes } from './rest-comments.ts';
import { addIssueRoutes } from './rest-issues.ts';
import { addPeopleRoutes } from './rest-people.ts';
import { addWebhookAdminRoutes } from './webhook-admin.ts';
import { DataCenterWebhooks } from './webhooks.ts';

export interface DataCenterOptions extends WebhookOptions {
  clientId: string;
  clientSecret: string;
  /** `/jira` or empty. */
  contextPath: string;
  version: string;
}

export class JiraDataCenter {
  readonly standIn = new StandIn('jira-data-center');
  readonly behaviour: Behaviour;
  readonly store: JiraStore;
  readonly permissions: Permissions;
  readonly accessTokens: AccessTokens;
  readonly oauth: OAuthServer;
  readonly consent: Consent;
  readonly webhooks: DataCenterWebhooks;
  readonly reactions: Reaction[] = [];
  readonly contextPath: string;
  /** Address by which it is reached, with the context path; known once it listens. */
  url = '';

  constructor(options: DataCenterOptions) {
    const { clock, clientId, clientSecret } = options;
    this.contextPath = options.contextPath;
    this.behaviour = usualBehaviour(options.version);
    this.store = new JiraStore(clock);
    this.permissions = new Permissions(this.store);
    this.accessTokens = new AccessTokens(clock);
    // Codes live ten seconds (`max.client.delay.seconds`); refresh tokens are used once, within ninety days.
    const lifetimes = { accessTokenSeconds: 3600, codeSeconds: 10, refreshTokenSeconds: 90 * 86_400 };
    this.oauth = new OAuthServer({ clock, clientId, clientSecret, ...lifetimes, refresh: 'rotating' });
    this.consent = new Consent({
      server: this.oauth,
      imitates: 'Jira Data Center',
      people: () => this.store.people.map((person) => ({ id: person.key, name: person.displayName, detail: person.emailAddress })),
      refuse: (query) => refuseAuthorization(this.behaviour, query),
      errorFor: (query) => authorizationError(this.behaviour, query),
    });
    this.webhooks = new DataCenterWebhooks(options, this.behaviour);
    this.store.onEvent((event) => {
      for (const { event: name, payload, pauseMs } of announcements(this, event)) this.webhooks.announce(name, event.issue.key, payload, pauseMs);
    });
    this.#addRoutes();
  }

  /** The address that Jira writes into its answers. */
  get claimedUrl(): string {
    return this.behaviour.baseUrl ?? this.url;
  }

  /** The next calls to a path are answered 429. `Retry-After` may be 0 here (jira-api.md 3.6). */
  limitRate(options: { path?: string | RegExp; method?: string; times?: number; retryAfter?: number } = {}): void {
    const { retryAfter = 0, ...where } = options;
    const headers = {
      'Retry-After': String(retryAfter),
      'X-RateLimit-Limit': '10',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Interval-Seconds': '60',
      'X-RateLimit-FillRate': '2',
    };
    this.standIn.faults.add({ ...where, effect: { kind: 'status', status: 429, headers, body: { message: 'Rate limit exceeded.' } } });
  }

  addReaction(reaction: Reaction): void {
    this.removeReaction(reaction);
    this.reactions.push(reaction);
  }

  removeReaction({ commentId, emojiId, personKey }: Reaction): void {
    const index = this.reactions.findIndex((one) => one.commentId === commentId && one.emojiId === emojiId && one.personKey === personKey);
    if (index >= 0) this.reactions.splice(index, 1);
  }

  close(): void {
    this.webhooks.close();
  }

  #addRoutes(): void {
    const door = new Door(this);
    addAuthorizationRoutes(this);
    addAccessTokenRoutes(door);
    addWebhookAdminRoutes(door);
    addPeopleRoutes(door);
    addIssueRoutes(door);
    addCommentRoutes(door);
    addReactionRoutes(door);
    this.standIn.routes.get(`${this.contextPath}/login.jsp`, () => html(200, LOGIN_PAGE));
    this.standIn.notFound = (path) => this.#notFound(path);
  }

  /** Below `/rest` in JSON; elsewhere, and outside of the context path, a page. */
  #notFound(path: string): Reply {
    if (path.startsWith(`${this.contextPath}/rest/`)) return json(404, { message: `null for uri: ${this.claimedUrl}${path.slice(this.contextPath.length)}`, 'status-code': 404 });
    return html(404, '<!doctype html><title>HTTP Status 404 - Not Found</title><p>Sandbox: nothing is at this address.</p>');
  }
}
