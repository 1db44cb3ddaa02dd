import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import type { AppConfig } from './config/config.js';
import { serveOpenApi } from './openapi.js';

/** Jira drops payloads over 25 MB itself; a larger body is not from Jira. */
const WEBHOOK_BODY_BYTES = 25 * 1024 * 1024;
const OTHER_BODY_BYTES = 1024 * 1024;
const WEBHOOK_PREFIX = '/integration/';

/** Builds the whole service on one database. The caller listens and closes. */
export async function createServer(config: AppConfig, databaseUrl: string): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: WEBHOOK_BODY_BYTES,
    // Fastify's defaults wait for ever: slow senders would hold sockets open.
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    routerOptions: { maxParamLength: 500 },
    // A client could otherwise choose its own address, and so evade every limit per address.
    trustProxy: (_address, hop) => hop < config.env.TRUSTED_PROXY_HOPS,
    logger: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  limitBodies(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, databaseUrl), adapter, { bodyParser: false, bufferLogs: true });
  app.useLogger(app.get(Logger));
  readBodies(fastify);
  await fastify.register(cookie);
  await fastify.register(helmet, helmetOptions(config));
  serveOpenApi(app);
  await servePage(fastify);
  app.enableShutdownHooks();
  return app;
}

/** Only the webhook routes take large bodies. */
function limitBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = route.url.startsWith(WEBHOOK_PREFIX) ? WEBHOOK_BODY_BYTES : OTHER_BODY_BYTES;
  });
}

/**
 * JSON bodies only. On the webhook routes the bytes stay as they are: the signature is over them, and nothing may read
 * them before it is checked. An encoded body would be other bytes than those that were signed, so it is refused.
 */
function readBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json(?:;|$)/i, { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (request.headers['content-encoding']) return done(Object.assign(new Error('encoded'), { statusCode: 415 }));
    if (request.url.startsWith(WEBHOOK_PREFIX)) return done(null, bytes);
    if (bytes.length === 0) return done(null, undefined);
    void parseJson(request, bytes.toString('utf8'), done);
  });
}

function helmetOptions(config: AppConfig): Parameters<typeof helmet>[1] {
  return {
    // Over plain http on a LAN address these two would blank the page.
    strictTransportSecurity: config.secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine writes its theme into a style element and positions with style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(config.secure && { upgradeInsecureRequests: [] }),
      },
    },
  };
}

/** The built settings page: its files, and its index for every address that a browser may open. */
async function servePage(fastify: FastifyInstance): Promise<void> {
  const folder = join(import.meta.dirname, '../../web/dist');
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return;
  await fastify.register(fastifyStatic, { root: join(folder, 'assets'), prefix: '/assets/', immutable: true, maxAge: '365d' });
  const html = readFileSync(index, 'utf8');
  for (const path of ['/', '/sign-in', '/settings', '/settings/*', '/activity', '/activity/*', '/jobs/*', '/deliveries/*', '/account']) {
    fastify.get(path, (_request, reply) => void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html));
  }
}
