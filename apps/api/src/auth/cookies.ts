import type { FastifyReply, FastifyRequest } from 'fastify';
import '@fastify/cookie';
import { newSecret } from '../security/digest.js';
import { OAUTH_BROWSER_COOKIE } from '../security/oauth-attempts.service.js';
import { SESSION_SECONDS } from './sessions.service.js';

/** Holds the session's token. */
export const SESSION_COOKIE = 'session';

const BROWSER_SECONDS = 3600;
/** SameSite=Lax: both cookies come along when a provider sends the browser back to us, and with no foreign form post. */
const COMMON = { httpOnly: true, sameSite: 'lax', path: '/' } as const;

export function setSessionCookie(reply: FastifyReply, token: string, secure: boolean): void {
  reply.setCookie(SESSION_COOKIE, token, { ...COMMON, secure, maxAge: SESSION_SECONDS });
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(SESSION_COOKIE, { ...COMMON, secure });
}

/**
 * The random value that ties OAuth attempts to this browser; a new one is set when there is none. One value serves several
 * attempts, so that two tabs do not disturb each other.
 */
export function oauthBrowser(request: FastifyRequest, reply: FastifyReply, secure: boolean): string {
  const present = request.cookies[OAUTH_BROWSER_COOKIE];
  const value = present && /^[\w-]{43}$/.test(present) ? present : newSecret();
  reply.setCookie(OAUTH_BROWSER_COOKIE, value, { ...COMMON, secure, maxAge: BROWSER_SECONDS });
  return value;
}
