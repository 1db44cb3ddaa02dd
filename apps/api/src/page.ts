import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The word that the page's build leaves where the nonce belongs. */
const NONCE_PLACE = /__CSP_NONCE__/g;

/** Addresses that a browser may open; the page finds out by itself what to show. */
const PAGE_ADDRESSES = ['/', '/sign-in', '/settings', '/settings/*', '/activity', '/activity/*', '/jobs/*', '/deliveries/*', '/account'];

/**
 * Serves the built settings page: its files, and its index for every address of it. Without a build there is only the API.
 *
 * Scripts and style elements need the nonce of the very answer, so the page must not be stored by anybody. Styles that
 * scripts set on an element need nothing.
 */
export async function servePage(fastify: FastifyInstance, secure: boolean): Promise<void> {
  const folder = join(import.meta.dirname, '../../web/dist');
  if (!existsSync(join(folder, 'index.html'))) return;
  await fastify.register(fastifyStatic, { root: join(folder, 'assets'), prefix: '/assets/', preCompressed: true, immutable: true, maxAge: '365d' });
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  for (const address of PAGE_ADDRESSES) fastify.get(address, (_request, reply) => sendPage(reply, html, secure));
}

function sendPage(reply: FastifyReply, html: string, secure: boolean): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy(nonce, secure))
    .send(html.replace(NONCE_PLACE, nonce));
}

function pagePolicy(nonce: string, secure: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'self'`,
    `style-src 'nonce-${nonce}' 'self'`,
    // Avatars come from the git providers.
    "img-src 'self' data: https:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}
