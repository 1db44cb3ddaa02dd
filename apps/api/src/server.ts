import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import type { AppConfig } from './config/config.js';
import { RejectedCalls } from './deliveries/rejected-calls.service.js';
import { serveOpenApi } from './openapi.js';
import { servePage } from './page.js';

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
  countTooLarge(fastify, app.get(RejectedCalls));
  await fastify.register(cookie);
  await fastify.register(helmet, helmetOptions(config));
  allowDocumentationPage(fastify);
  serveOpenApi(app);
  await servePage(fastify, config.secure);
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

/** A delivery that is too large never reaches its controller, and Jira does not send it again: it must at least be counted. */
function countTooLarge(fastify: FastifyInstance, rejected: RejectedCalls): void {
  fastify.addHook('onError', (request, _reply, error, done) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' && request.url.startsWith(WEBHOOK_PREFIX)) {
      const connectionId = /\/connections\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//i.exec(request.url)?.[1]?.toLowerCase() ?? null;
      const size = Math.min(Number(request.headers['content-length']) || 0, 2 ** 31 - 1);
      rejected.add({ connectionId, reason: 'body_too_large', headerNames: Object.keys(request.headers), size });
    }
    done();
  });
}

/** The page that browses the REST interface brings style elements of its own; its scripts are files. */
function allowDocumentationPage(fastify: FastifyInstance): void {
  const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith('/api/docs')) reply.header('content-security-policy', policy);
    done(null, payload);
  });
}

function helmetOptions(config: AppConfig): Parameters<typeof helmet>[1] {
  return {
    // Over plain http on a LAN address these two would blank the page.
    strictTransportSecurity: config.secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    // For everything that is no page: nothing may load. The pages set a policy of their own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  };
}
