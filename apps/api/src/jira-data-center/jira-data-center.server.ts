/**
 * Calls to one Jira Data Center server with one bearer token: a personal access token, a person's OAuth token, or none.
 *
 * A refused token is not always a clean 401: a redirect to the login page, the login page itself with 200, and being taken
 * for a stranger all occur, and all mean the same. What goes wrong becomes a `JiraProblem`; nothing of Jira's answer appears
 * in its words.
 */
import { Injectable } from '@nestjs/common';
import { JiraProblem, refusedComment, type Shape, shapeOf } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import { type OutgoingAnswer, OutgoingHttp, OutgoingProblem, retryAfterMs } from '../http/outgoing.js';
import { isWebPage } from '../http/web-page.js';

/** Where we call, and as whom. */
export interface ServerAccount {
  /** With scheme, port and context path, without a slash at the end. */
  baseUrl: string;
  /** Null: as a stranger. */
  token: string | null;
  /** How problems name the owner of the token; the service account unless said otherwise. */
  whose?: string;
}

/** One call below the base URL. */
export interface ServerCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, beginning with `/rest/`. Parts from outside must have been through `pathPart`. */
  path: string;
  body?: unknown;
  /** Statuses that are an answer to the caller, besides 2xx. */
  expect?: number[];
}

/** Redirects that say "elsewhere for good". All others lead to a login page. */
const MOVED = [301, 308];

export class DataCenterServer {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly account: ServerAccount,
    /** Called with the name of the account that Jira took us for. */
    private readonly onName: (name: string) => void = () => undefined,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Makes the call. Gives answers of 2xx and of expected statuses; everything else is thrown as `JiraProblem`. */
  async call(call: ServerCall): Promise<OutgoingAnswer> {
    const answer = await this.send(call);
    const isExpected = (answer.status >= 200 && answer.status < 300) || (call.expect?.includes(answer.status) ?? false);
    if (!isExpected || (isWebPage(answer) && answer.status < 300) || this.isTakenForStranger(answer)) throw this.problem(answer);
    const name = nameOf(answer);
    if (name !== null) this.onName(name);
    return answer;
  }

  /** The call as JSON. */
  async json(call: ServerCall): Promise<Shape> {
    return shapeOf((await this.call(call)).json());
  }

  private async send(call: ServerCall): Promise<OutgoingAnswer> {
    const { baseUrl, token } = this.account;
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      // Jira's guard against forged posts; harmless where it is not needed.
      ...(call.method !== 'GET' && { 'x-atlassian-token': 'no-check' }),
    };
    try {
      return await this.http.request({ method: call.method, url: baseUrl + call.path, headers, reach: 'organisation', ...(call.body !== undefined && { body: call.body }) });
    } catch (error) {
      if (!(error instanceof OutgoingProblem)) throw error;
      const problem = new JiraProblem('jira_unreachable', `Jira cannot be reached. ${error.message}.`);
      problem.cause = error;
      throw problem;
    }
  }

  /** A token that Jira does not know may make us anonymous instead of being refused: then even a 404 is no answer. */
  private isTakenForStranger(answer: OutgoingAnswer): boolean {
    return this.account.token !== null && answer.status !== 401 && nameOf(answer) === 'anonymous';
  }

  private problem(answer: OutgoingAnswer): JiraProblem {
    const { status, headers } = answer;
    const whose = this.account.whose ?? 'the service account';
    const wait = retryAfterMs(headers, this.now());
    const fail = (code: JiraProblem['code'], message: string): JiraProblem => new JiraProblem(code, message, wait, status);
    if (status === 429) return fail('jira_rate_limited', 'Jira asks us to slow down.');
    if (status >= 500) return fail('jira_unreachable', `Jira answered with ${status}.`);
    if (MOVED.includes(status)) return fail('jira_site_renamed', 'Jira sends us to another address. Its base URL may have changed.');
    if (isRefusedToken(answer) || this.isTakenForStranger(answer)) return fail('service_account_rejected', `Jira does not accept the token of ${whose}.`);
    if (status === 403) return fail('service_account_forbidden', `Jira does not let ${whose} do this.`);
    const refusal = status === 400 ? refusedComment(answer.json()) : null;
    if (refusal === 'permission') return fail('service_account_forbidden', `Jira does not let ${whose} do this. The permission to comment may be missing.`);
    if (refusal === 'audience') return fail('jira_unexpected_answer', `Jira does not let ${whose} write to this restricted audience.`);
    return fail('jira_unexpected_answer', `Jira answered with ${status}, which was not expected.`);
  }
}

/** Opens servers for calls. */
@Injectable()
export class DataCenterServers {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly clock: Clock,
  ) {}

  /** @param onName called with the name of the account that Jira took us for, at each answer */
  open(account: ServerAccount, onName?: (name: string) => void): DataCenterServer {
    return new DataCenterServer(this.http, account, onName, () => this.clock.now());
  }
}

/** 401, a redirect (to the login page), or the login page itself. */
function isRefusedToken(answer: OutgoingAnswer): boolean {
  const { status } = answer;
  return status === 401 || (status >= 300 && status < 400) || (status < 300 && isWebPage(answer));
}

/** User name that Jira took us for: the header `X-AUSERNAME`, URL-encoded. */
function nameOf(answer: OutgoingAnswer): string | null {
  const raw = answer.headers['x-ausername'];
  if (!raw) return null;
  try {
    return decodeURIComponent(raw).slice(0, 255);
  } catch {
    return null;
  }
}
