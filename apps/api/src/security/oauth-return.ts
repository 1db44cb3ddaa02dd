/** The way back of an OAuth round trip with a Jira: what the address says, and the page that the person ends on. */
import '@fastify/cookie';
import type { OAuthResult, OAuthReturnCode, Product } from '@openhands-jira/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './access.js';
import { OAUTH_BROWSER_COOKIE } from './oauth-attempts.service.js';

/** How a round trip ended: a word for the page, and a code that says why. */
export interface CallbackResult {
  result: OAuthResult;
  code: OAuthReturnCode;
}

/** What Jira put into the address, and who brought it. */
export interface CallbackVisit {
  state: string | null;
  code: string | null;
  error: string | null;
  /** The server that says to have sent the browser; null when it does not name itself, as most do not. */
  issuer: string | null;
  browser: string | undefined;
  /** Who is signed in here; null when nobody is. */
  userId: string | null;
}

export function callbackVisit(request: FastifyRequest, query: Record<string, unknown>, caller: Caller | undefined): CallbackVisit {
  return {
    state: textOrNull(query['state']),
    code: textOrNull(query['code']),
    error: textOrNull(query['error']),
    issuer: textOrNull(query['iss']),
    browser: request.cookies[OAUTH_BROWSER_COOKIE],
    userId: caller?.via === 'session' ? caller.userId : null,
  };
}

/**
 * True when another server than the one that was asked says to have sent the browser (RFC 9207). A code that another server
 * issued must never be sent to this one. Servers that do not name themselves are told apart by their callback addresses.
 *
 * @param server address of the one that was asked
 */
export function comesFromOther({ issuer }: CallbackVisit, server: string): boolean {
  return issuer !== null && (!URL.canParse(issuer) || new URL(issuer).origin !== new URL(server).origin);
}

/** Always a redirect to the page: a person never lands on raw JSON. */
export function returnPage(product: Product, { result, code }: CallbackResult): { url: string; statusCode: number } {
  return { url: `/settings/integrations/return?${new URLSearchParams({ product, result, code }).toString()}`, statusCode: 302 };
}

/** A parameter that is given twice counts as not given. */
function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 4000) : null;
}
