/**
 * Reading from a provider's REST API in the name of a person.
 *
 * Tells apart what an answer can mean: found; hidden from this person (null); token not accepted (`TokenRejected`); and
 * everything else, which is no statement at all (`GitProviderUnreachable`), so that an outage never looks like "no access".
 */
import type { z } from 'zod';
import { type OutgoingAnswer, type OutgoingHttp, OutgoingProblem } from '../http/outgoing.js';
import { GitProviderUnreachable } from './git-provider.js';

/** The provider answered 401: the person has to sign in again. Stays within this room. */
export class TokenRejected extends Error {}

/** Does the work; when the provider rejects the token in the middle of it, gives `otherwise`. */
export async function unlessRejected<T, R>(work: () => Promise<T>, otherwise: R): Promise<T | R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TokenRejected) return otherwise;
    throw error;
  }
}

const MAX_REDIRECTS = 2;
const TIMEOUT_MS = 10_000;

export class ProviderApi {
  private readonly host: string;

  /**
   * @param baseUrl address of the API, without a slash at the end
   * @param hides a provider's own way to say "I know who you are, but this is not for you"
   */
  constructor(
    private readonly http: OutgoingHttp,
    private readonly baseUrl: string,
    private readonly headers: Record<string, string> = {},
    private readonly hides: (answer: OutgoingAnswer) => boolean = () => false,
  ) {
    this.host = new URL(baseUrl).hostname;
  }

  /** Reads `path` below the base address and checks the shape of the answer. Null when it is hidden from this person. */
  async get<T>(accessToken: string, path: string, schema: z.ZodType<T>): Promise<T | null> {
    const answer = await this.ask(accessToken, path);
    if (this.isHidden(answer)) return null;
    const read = schema.safeParse(answer.json());
    if (!read.success) throw new GitProviderUnreachable(this.host, 'its answer was not in the documented form');
    return read.data;
  }

  /** The same for an endpoint that answers plain text. */
  async getText(accessToken: string, path: string): Promise<string | null> {
    const answer = await this.ask(accessToken, path);
    return this.isHidden(answer) ? null : answer.text.trim();
  }

  /**
   * Renamed repositories are answered with a redirect. It is followed by hand, and only within the configured API: the
   * token must not travel to another address.
   */
  private async ask(accessToken: string, path: string): Promise<OutgoingAnswer> {
    let url = this.baseUrl + path;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.askTwice(accessToken, url);
      const target = answer.status >= 300 && answer.status < 400 ? this.targetOf(answer, url) : null;
      if (!target || redirects === MAX_REDIRECTS) return answer;
      url = target;
    }
  }

  /** Where a redirect leads, or null when that is outside the configured API. */
  private targetOf(answer: OutgoingAnswer, from: string): string | null {
    const location = answer.headers['location'] ?? '';
    if (!URL.canParse(location, from)) return null;
    const target = new URL(location, from);
    return target.href.startsWith(`${new URL(this.baseUrl).href.replace(/\/$/, '')}/`) ? target.href : null;
  }

  /** One more try after a failure that may be over already: a broken connection, a restarting server. */
  private async askTwice(accessToken: string, url: string): Promise<OutgoingAnswer> {
    const first = await this.askOnce(accessToken, url).catch((error: unknown) => error);
    if (isAnswer(first) && first.status < 500) return first;
    try {
      return await this.askOnce(accessToken, url);
    } catch (error) {
      if (error instanceof OutgoingProblem) throw new GitProviderUnreachable(this.host, error.stage);
      throw error;
    }
  }

  private askOnce(accessToken: string, url: string): Promise<OutgoingAnswer> {
    const headers = { accept: 'application/json', ...this.headers, authorization: `Bearer ${accessToken}` };
    return this.http.request({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, reach: 'configured' });
  }

  /** True for 403 and 404: providers answer 404 for what one may not even know about. False when there is something to read. */
  private isHidden(answer: OutgoingAnswer): boolean {
    if (answer.status === 200) return false;
    if (this.hides(answer)) return true;
    if (answer.status === 401) throw new TokenRejected();
    // GitHub says 403 for an exceeded rate limit too: that is no statement about the repository.
    const limited = answer.headers['retry-after'] !== undefined || answer.headers['x-ratelimit-remaining'] === '0';
    if ([403, 404, 451].includes(answer.status) && !limited) return true;
    throw new GitProviderUnreachable(this.host, `HTTP ${answer.status}`);
  }
}

function isAnswer(value: unknown): value is OutgoingAnswer {
  return typeof value === 'object' && value !== null && 'status' in value;
}

/**
 * The parts of a repository path, ready to be put into an address. Null when the path cannot name a repository: too few or
 * too many parts, or parts like `..` that would change the address.
 */
export function pathParts(path: string, min: number, max: number): string[] | null {
  const parts = path.split('/');
  if (parts.length < min || parts.length > max) return null;
  return parts.every((part) => /^~?[A-Za-z0-9_.-]+$/.test(part) && !/^~?\.+$/.test(part)) ? parts : null;
}
