/**
 * The gateway `api.atlassian.com/ex/jira/{cloudId}`: who is calling, with which scopes, and the odd 401 that it answers when a scope is
 * missing. Behind it, the REST routes of one site see only calls that were let in.
 */
import { basicCredentials, bearerToken, type OAuthServer } from '../oauth-server.ts';
import { json, type Reply, type Routes, type SandboxRequest } from '../routes.ts';
import type { CloudSite, ServiceToken } from './site.ts';
import type { Audience } from './shapes.ts';

/** A call that the gateway let in. */
export interface GatewayCall {
  site: CloudSite;
  /** The account the caller acts as. */
  accountId: string;
  version: '2' | '3';
  audience: Audience;
  request: SandboxRequest;
}

export type GatewayHandler = (call: GatewayCall) => Reply;

export type Scope = 'read:jira-work' | 'write:jira-work' | 'read:jira-user' | null;

export interface GatewayParts {
  oauth: OAuthServer;
  sites: CloudSite[];
  sitesOf: (accountId: string) => CloudSite[];
}

/** Adds routes below `/ex/jira/{cloudId}/rest/api/{2|3}`, each with the scope that it needs (jira-api.md 2.2). */
export class Gateway {
  readonly #routes: Routes;
  readonly #parts: GatewayParts;

  constructor(routes: Routes, parts: GatewayParts) {
    this.#routes = routes;
    this.#parts = parts;
  }

  add(method: string, path: string, scope: Scope, handler: GatewayHandler): this {
    for (const version of ['2', '3'] as const) {
      this.#routes.add(method, `/ex/jira/:cloudId/rest/api/${version}${path}`, (request) => this.#enter(request, version, scope, handler));
    }
    return this;
  }

  #enter(request: SandboxRequest, version: '2' | '3', scope: Scope, handler: GatewayHandler): Reply {
    const site = this.#parts.sites.find((one) => one.cloudId === request.params['cloudId']);
    if (site === undefined) return json(404, { code: 404, message: 'No message available' });
    const caller = this.#caller(site, request);
    if (caller === null) return json(401, { code: 401, message: 'Unauthorized' });
    if (scope !== null && !caller.scopes.includes(scope)) return json(401, { code: 401, message: 'Unauthorized; scope does not match' });
    const reply = handler({ site, accountId: caller.accountId, version, audience: version === '3' ? 'rest-3' : 'rest-2', request });
    if (!site.showsAccountIdHeader) return reply;
    // Recorded with the colon encoded: 712020%3A...
    return { ...reply, headers: { ...reply.headers, 'X-AACCOUNTID': encodeURIComponent(caller.accountId) } };
  }

  #caller(site: CloudSite, request: SandboxRequest): { accountId: string; scopes: string[] } | null {
    const header = request.headers.authorization;
    const service = serviceToken(site, header);
    if (service !== undefined) return { accountId: service.accountId, scopes: service.scopes };
    const grant = this.#parts.oauth.whoHas(bearerToken(header));
    if (grant === null || !this.#parts.sitesOf(grant.subject).includes(site)) return null;
    return { accountId: grant.subject, scopes: grant.scope.split(' ') };
  }
}

function serviceToken(site: CloudSite, header: string | undefined): ServiceToken | undefined {
  const basic = basicCredentials(header);
  const bearer = bearerToken(header);
  return site.serviceTokens.find((service) => {
    if (basic !== null) {
      return service.schemes.includes('basic') && service.token === basic.password && service.email.toLowerCase() === basic.name.toLowerCase();
    }
    return service.schemes.includes('bearer') && service.token === bearer;
  });
}
