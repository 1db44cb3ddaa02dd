/**
 * Calls to one Cloud site as its service account.
 *
 * Tokens of service accounts work only at Atlassian's gateway, never on the site's own host. Documentation says Basic with
 * e-mail and token, programs report Bearer; so the scheme that was seen to work is used, and after a 401 the other one is
 * tried once. What goes wrong becomes a `JiraProblem`; nothing of Jira's answer appears in its words.
 */
import { JiraProblem, refusedComment, type Shape, shapeOf, textOf } from '@openhands-jira/domain';
import type { LearnedAccount } from '../connections/connections.service.js';
import { type OutgoingAnswer, type OutgoingHttp, OutgoingProblem, type OutgoingRequest, retryAfterMs } from '../http/outgoing.js';
import { isWebPage } from '../http/web-page.js';

/** Whom we call as, and where. */
export interface GatewayAccount {
  /** Base address of Atlassian's API. */
  apiUrl: string;
  cloudId: string;
  email: string;
  token: string;
  /** The scheme that worked before; null when none is known. */
  scheme: 'basic' | 'bearer' | null;
}

/** One call below `/ex/jira/{cloudId}`. */
export interface GatewayCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, beginning with `/rest/`. Parts from outside must have been through `pathPart`. */
  path: string;
  body?: unknown;
  /** Statuses that are an answer to the caller, besides 2xx. */
  expect?: number[];
}

export class CloudGateway {
  private scheme: 'basic' | 'bearer';
  private taught = new Set<string>();

  constructor(
    private readonly http: OutgoingHttp,
    private readonly account: GatewayAccount,
    /** Called with what an answer teaches about the account; may be called again with the same. */
    private readonly learn: (learned: LearnedAccount) => void = () => undefined,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.scheme = account.scheme ?? 'basic';
  }

  /** Makes the call. Gives answers of 2xx and of expected statuses; everything else is thrown as `JiraProblem`. */
  async call(call: GatewayCall): Promise<OutgoingAnswer> {
    let answer = await this.send(call, this.scheme);
    if (answer.status === 401 && !isScopeRefusal(answer)) answer = await this.tryOtherScheme(call, answer);
    if (this.isAnswer(call, answer)) {
      this.learnFrom(answer);
      return answer;
    }
    throw this.problem(call, answer);
  }

  /** The call as JSON. */
  async json(call: GatewayCall): Promise<Shape> {
    return shapeOf((await this.call(call)).json());
  }

  private async tryOtherScheme(call: GatewayCall, refused: OutgoingAnswer): Promise<OutgoingAnswer> {
    const other = this.scheme === 'basic' ? 'bearer' : 'basic';
    const answer = await this.send(call, other);
    // A missing scope proves as well that the credentials themselves were understood.
    if (answer.status === 401 && !isScopeRefusal(answer)) return refused;
    this.scheme = other;
    return answer;
  }

  private async send(call: GatewayCall, scheme: 'basic' | 'bearer'): Promise<OutgoingAnswer> {
    const { apiUrl, cloudId, email, token } = this.account;
    const request: OutgoingRequest = {
      method: call.method,
      url: `${apiUrl}/ex/jira/${cloudId}${call.path}`,
      headers: {
        accept: 'application/json',
        authorization: scheme === 'basic' ? `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}` : `Bearer ${token}`,
      },
      reach: 'configured',
      ...(call.body !== undefined && { body: call.body }),
    };
    try {
      return await this.http.request(request);
    } catch (error) {
      if (error instanceof OutgoingProblem) throw new JiraProblem('jira_unreachable', `Jira cannot be reached. ${error.message}.`);
      throw error;
    }
  }

  /** A 2xx with a web page is no answer of the API but of something in between. */
  private isAnswer(call: GatewayCall, answer: OutgoingAnswer): boolean {
    if (isWebPage(answer)) return false;
    if (answer.status === 404 && call.expect?.includes(404)) return !isGatewayAnswer(answer);
    return (answer.status >= 200 && answer.status < 300) || (call.expect?.includes(answer.status) ?? false);
  }

  private learnFrom(answer: OutgoingAnswer): void {
    if (this.scheme !== this.account.scheme) this.teach('scheme', { scheme: this.scheme });
    const accountId = accountIdOf(answer);
    if (accountId) this.teach('account', { accountId });
  }

  private teach(what: string, learned: LearnedAccount): void {
    if (this.taught.has(what)) return;
    this.taught.add(what);
    this.learn(learned);
  }

  private problem(call: GatewayCall, answer: OutgoingAnswer): JiraProblem {
    const { status, headers } = answer;
    const wait = retryAfterMs(headers, this.now());
    const fail = (code: JiraProblem['code'], message: string): JiraProblem => new JiraProblem(code, message, wait, status);
    if (status === 429) return new JiraProblem('jira_rate_limited', 'Jira asks us to slow down.', wait ?? resetMs(headers, this.now()), status, isAboutOneIssue(headers));
    if (status >= 500) return fail('jira_unreachable', `Jira answered with ${status}.`);
    if (status >= 300 && status < 400) return fail('jira_site_renamed', 'Jira sends us to another address. The site may have been renamed.');
    if (status === 401 && isScopeRefusal(answer)) return scopeProblem(call, fail);
    if (status === 401) return fail('service_account_rejected', 'Jira does not accept the API token of the service account.');
    if (status === 403) return fail('service_account_forbidden', 'Jira does not let the service account do this.');
    if (status === 404 && isGatewayAnswer(answer)) return fail('jira_unreachable', 'Atlassian knows no such site, or the service account has no access to Jira on it.');
    const refusal = status === 400 ? refusedComment(answer.json()) : null;
    if (refusal === 'permission') return fail('service_account_forbidden', 'The service account may not do this. It may lack the permission to comment.');
    if (refusal === 'audience') return fail('jira_unexpected_answer', 'Jira does not let the service account write to this restricted audience.');
    return fail('jira_unexpected_answer', isWebPage(answer) ? 'A web page came instead of an answer of Jira.' : `Jira answered with ${status}, which was not expected.`);
  }
}

function scopeProblem(call: GatewayCall, fail: (code: JiraProblem['code'], message: string) => JiraProblem): JiraProblem {
  return call.method === 'GET'
    ? fail('service_account_rejected', 'The API token of the service account lacks the scope read:jira-work.')
    : fail('service_account_forbidden', 'The API token of the service account lacks the scope write:jira-work.');
}

/** The gateway's own way to say that a scope is missing: `{"code":401,"message":"Unauthorized; scope does not match"}`. */
export function isScopeRefusal(answer: OutgoingAnswer): boolean {
  return answer.status === 401 && /scope/i.test(textOf(shapeOf(answer.json()), 'message') ?? '');
}

/** True for answers in the gateway's own form; Jira itself uses `errorMessages`. */
function isGatewayAnswer(answer: OutgoingAnswer): boolean {
  const body = shapeOf(answer.json());
  return !('errorMessages' in body) && ('code' in body || 'message' in body);
}

/** Own account id: a header, URL-encoded (`712020%3A...`). Recorded on site hosts, not certain at the gateway. */
export function accountIdOf(answer: OutgoingAnswer): string | null {
  const raw = answer.headers['x-aaccountid'];
  if (!raw) return null;
  try {
    const id = decodeURIComponent(raw);
    return /^[\w:-]{1,128}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}

/** Jira has one limit of writes for each issue, besides those of the site. */
function isAboutOneIssue(headers: Record<string, string>): boolean {
  return headers['ratelimit-reason'] === 'jira-per-issue-on-write';
}

/** Some 429 answers name the time of the reset and no pause. */
function resetMs(headers: Record<string, string>, now: Date): number | null {
  const at = Date.parse(headers['x-ratelimit-reset'] ?? '');
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 1000), 3_600_000);
}
