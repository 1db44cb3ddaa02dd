/**
 * The stand-in of Atlassian: authorization server, gateway and site hosts in one process. The product reaches a site host through
 * `ATLASSIAN_SITE_URL` = `<this>/_site/{site}`, since `acme.atlassian.net` must not resolve to the real one.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { Consent } from '../consent.ts';
import type { Person } from '../jira-model.ts';
import { OAuthServer } from '../oauth-server.ts';
import { json, redirect, type Reply, type SandboxRequest } from '../routes.ts';
import { StandIn } from '../stand-in.ts';
import { addAuthorizationRoutes, refuseAuthorization } from './authorization.ts';
import { Gateway } from './gateway.ts';
import { addCommentRoutes } from './rest-comments.ts';
import { addIssueRoutes, rateLimitHeaders, type RateLimitReason } from './rest-issues.ts';
import { CloudSite, type ServiceToken } from './site.ts';
import type { WebhookOptions } from './webhooks.ts';

export interface AtlassianOptions extends WebhookOptions {
  clock: SandboxClock;
  clientId: string;
  clientSecret: string;
}

export class Atlassian {
  readonly standIn = new StandIn('atlassian');
  readonly sites: CloudSite[] = [];
  readonly oauth: OAuthServer;
  readonly consent: Consent;
  readonly #options: AtlassianOptions;

  constructor(options: AtlassianOptions) {
    this.#options = options;
    const { clock, clientId, clientSecret } = options;
    // Rotating refresh tokens with ten minutes of leeway: jira-api.md 2.1.
    this.oauth = new OAuthServer({ clock, clientId, clientSecret, accessTokenSeconds: 3600, codeSeconds: 300, refresh: 'rotating', reuseSeconds: 600 });
    this.consent = new Consent({
      server: this.oauth,
      imitates: 'Atlassian',
      people: () => this.#accounts().map((person) => ({ id: person.accountId, name: person.displayName, detail: this.#describe(person) })),
      refuse: refuseAuthorization,
    });
    const { routes } = this.standIn;
    const sitesOf = (accountId: string): CloudSite[] => this.sitesOf(accountId);
    const findPerson = (accountId: string): Person | undefined => this.#accounts().find((person) => person.accountId === accountId);
    addAuthorizationRoutes(routes, { oauth: this.oauth, consent: this.consent, sitesOf, findPerson });
    const gateway = new Gateway(routes, { oauth: this.oauth, sites: this.sites, sitesOf });
    addIssueRoutes(gateway);
    addCommentRoutes(gateway);
    routes.get('/_site/:host/_edge/tenant_info', (request) => this.#tenantInfo(request));
    routes.get('/_site/:host/browse/:key', (request) => redirect(`/browse/${request.params['key'] ?? ''}`));
    // REST on the site host: API tokens of service accounts and 3LO tokens are refused there.
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) routes.add(method, '/_site/:host/rest/:path+', (request) => this.#siteRest(request));
  }

  addSite(host: string): CloudSite {
    const site = new CloudSite(host, this.#options);
    this.sites.push(site);
    return site;
  }

  /** @throws when the sandbox has no such site */
  site(host?: string): CloudSite {
    const site = host === undefined ? this.sites[0] : this.sites.find((one) => one.host === host);
    if (site === undefined) throw new Error(`The sandbox has no site ${host ?? ''}`);
    return site;
  }

  sitesOf(accountId: string): CloudSite[] {
    return this.sites.filter((site) => site.store.people.some((person) => person.accountId === accountId));
  }

  /** A new service account with an API token on a site, with the scopes of the guide unless others are named. */
  createServiceAccount(site: CloudSite, fields: { name: string; email: string; token?: string; scopes?: string[]; schemes?: ServiceToken['schemes'] }): ServiceToken {
    const accountId = `712020:${randomUUID()}`;
    site.store.people.push({
      accountId,
      key: `JIRAUSER${String(site.store.nextId())}`,
      name: fields.email.split('@')[0] ?? fields.email,
      displayName: fields.name,
      emailAddress: fields.email,
      emailVisible: false,
      accountType: 'app',
      isAdmin: false,
      roles: ['Users', 'Developers', 'Administrators'],
      groups: ['jira-users'],
    });
    const token: ServiceToken = {
      token: fields.token ?? `ATSTT${randomBytes(24).toString('base64url')}`,
      email: fields.email,
      accountId,
      scopes: fields.scopes ?? ['read:me', 'read:jira-work', 'write:jira-work'],
      schemes: fields.schemes ?? ['basic', 'bearer'],
    };
    site.serviceTokens.push(token);
    return token;
  }

  /** The next calls to a path are answered 429 with this reason. */
  limitRate(reason: RateLimitReason, options: { path?: string | RegExp; method?: string; times?: number; retryAfter?: number } = {}): void {
    const { retryAfter = 1, ...where } = options;
    const headers = rateLimitHeaders(reason, retryAfter, this.#options.clock.now());
    const body = { errorMessages: ['Rate limit exceeded.'], errors: {} };
    this.standIn.faults.add({ ...where, effect: { kind: 'status', status: 429, headers, body } });
  }

  close(): void {
    for (const site of this.sites) site.webhooks.close();
  }

  #accounts(): Person[] {
    const all = this.sites.flatMap((site) => site.store.people);
    return all.filter((person, index) => person.accountType === 'atlassian' && all.findIndex((other) => other.accountId === person.accountId) === index);
  }

  #describe(person: Person): string {
    const sites = this.sitesOf(person.accountId).map((site) => site.host);
    return `${person.emailAddress}${person.isAdmin ? ', administrator' : ''}, ${sites.join(', ')}`;
  }

  #hostOf(request: SandboxRequest): CloudSite | undefined {
    return this.sites.find((site) => site.host === request.params['host']?.toLowerCase());
  }

  #tenantInfo(request: SandboxRequest): Reply {
    const site = this.#hostOf(request);
    if (site === undefined) return json(404, { errorMessage: 'Site temporarily unavailable' });
    if (site.renamedTo !== null) return redirect(`https://${site.renamedTo}/_edge/tenant_info`);
    return json(200, { cloudId: site.cloudId });
  }

  #siteRest(request: SandboxRequest): Reply {
    const site = this.#hostOf(request);
    if (site === undefined) return json(404, { errorMessage: 'Site temporarily unavailable' });
    if (site.renamedTo !== null) return redirect(`https://${site.renamedTo}${request.path}`);
    return json(401, { errorMessages: ['Client must be authenticated to access this resource.'], errors: {} });
  }
}
