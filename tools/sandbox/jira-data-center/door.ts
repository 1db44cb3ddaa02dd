/**
 * The door of a Jira Data Center: who is calling, by personal access token or by an OAuth 2.0 token, and what strangers are told. A bad
 * token is not always a clean 401: a login page with 302 or 200 occurs too, and so does being taken for nobody (jira-api.md 3.3).
 */
import type { Person } from '../jira-model.ts';
import { jiraError } from '../jira-rest.ts';
import { bearerToken } from '../oauth-server.ts';
import { html, redirect, text, type Reply, type SandboxRequest } from '../routes.ts';
import { scopeRank, type OAuthScope } from './behaviour.ts';
import type { JiraDataCenter } from './data-center.ts';

/** A call that was let in; `person` is null for strangers. */
export interface Call {
  jira: JiraDataCenter;
  person: Person | null;
  request: SandboxRequest;
}

export interface KnownCall extends Call {
  person: Person;
}

type Visitor = { kind: 'stranger' } | { kind: 'bad-token' } | { kind: 'known'; person: Person; scope: OAuthScope };

export class Door {
  readonly #jira: JiraDataCenter;

  constructor(jira: JiraDataCenter) {
    this.#jira = jira;
  }

  /** A route for everybody; a bad token is refused all the same. */
  open(method: string, path: string, handler: (call: Call) => Reply): this {
    return this.#add(method, path, (request) => this.#enter(request, null, handler));
  }

  /** A route for people who are known and whose token has at least this scope. */
  known(method: string, path: string, scope: OAuthScope, handler: (call: KnownCall) => Reply): this {
    return this.#add(method, path, (request) => this.#enter(request, scope, (call) => handler(call as KnownCall)));
  }

  #add(method: string, path: string, handler: (request: SandboxRequest) => Reply): this {
    this.#jira.standIn.routes.add(method, this.#jira.contextPath + path, handler);
    return this;
  }

  #enter(request: SandboxRequest, scope: OAuthScope | null, handler: (call: Call) => Reply): Reply {
    const visitor = this.#visitor(request);
    if (visitor.kind === 'bad-token') return this.#badToken(request);
    const problem = wrongPost(request);
    if (problem !== null) return problem;
    const person = visitor.kind === 'known' ? visitor.person : null;
    if (scope !== null && visitor.kind !== 'known') return loginRequired(this.#jira);
    if (scope !== null && visitor.kind === 'known' && scopeRank(visitor.scope) < scopeRank(scope)) {
      return withHeaders(jiraError(403, 'The scope of the token does not allow this.'), { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' });
    }
    return withHeaders(handler({ jira: this.#jira, person, request }), {
      'X-AUSERNAME': encodeURIComponent(person?.name ?? 'anonymous'),
      ...(person === null ? {} : { 'X-Seraph-LoginReason': 'OK' }),
    });
  }

  #visitor(request: SandboxRequest): Visitor {
    const header = request.headers.authorization;
    const visitor: Visitor = header === undefined ? { kind: 'stranger' } : this.#holderOf(bearerToken(header));
    return visitor.kind === 'bad-token' && this.#jira.behaviour.badTokenAnswer === 'anonymous' ? { kind: 'stranger' } : visitor;
  }

  /** Basic never gets here with a token: neither kind of token is a password. */
  #holderOf(token: string | null): Visitor {
    const owner = this.#jira.accessTokens.ownerOf(token);
    // A personal access token may do all that its owner may.
    if (owner !== null) return { kind: 'known', person: this.#jira.store.person(owner), scope: 'SYSTEM_ADMIN' };
    const grant = this.#jira.oauth.whoHas(token);
    if (grant === null) return { kind: 'bad-token' };
    return { kind: 'known', person: this.#jira.store.person(grant.subject), scope: grant.scope as OAuthScope };
  }

  #badToken(request: SandboxRequest): Reply {
    const reason = { 'X-Seraph-LoginReason': 'AUTHENTICATED_FAILED', 'X-AUSERNAME': 'anonymous' };
    const { badTokenAnswer } = this.#jira.behaviour;
    const login = `${this.#jira.url}/login.jsp?permissionViolation=true&os_destination=${encodeURIComponent(request.path)}`;
    if (badTokenAnswer === 'redirect') return withHeaders(redirect(login), reason);
    if (badTokenAnswer === 'login-page') return withHeaders(html(200, LOGIN_PAGE), reason);
    return withHeaders(loginRequired(this.#jira), reason);
  }
}

export const LOGIN_PAGE = '<!doctype html><title>Log in - Jira</title><p>Sandbox: the login page of an imitated Jira Data Center.</p>';

function loginRequired(jira: JiraDataCenter): Reply {
  const realm = encodeURIComponent(jira.url);
  return withHeaders(jiraError(401, 'You are not authenticated. Authentication required to perform this operation.'), {
    'WWW-Authenticate': `OAuth realm="${realm}"`,
  });
}

/** What Jira refuses before it looks at the content: forged posts of browsers, and bodies that are not JSON. */
function wrongPost(request: SandboxRequest): Reply | null {
  if (request.method === 'GET') return null;
  const isBrowser = (request.headers['user-agent'] ?? '').includes('Mozilla');
  if (isBrowser && request.headers['x-atlassian-token'] !== 'no-check') return text(403, 'XSRF check failed');
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  return request.raw.length > 0 && !isJson ? text(415, 'Unsupported Media Type') : null;
}

export function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  return { ...reply, headers: { ...headers, ...reply.headers } };
}
