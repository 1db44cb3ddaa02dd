import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import type { AppConfig } from './config/config.js';
import { Figures } from './config/figures.js';
import { inContext } from './config/work-context.js';
import { WebhookSecrets } from './connections/webhook-secrets.service.js';
import { closeCrowdedSockets } from './crowded-sockets.js';
import { RejectedCalls } from './deliveries/rejected-calls.service.js';
import { openFrontDoors } from './front-doors.js';
import { serveOpenApi } from './openapi.js';
import { servePage } from './page.js';
import { countTooLarge, isForDoor, limitBodies, OTHER_BODY_BYTES, readBodies } from './request-bodies.js';

/** How long a request may take to come in. Jira itself gives up after 20 seconds. */
const REQUEST_MS = 13_000;
const HEADERS_MS = 10_000;

/** Builds the whole service on one database. The caller listens and closes. */
export async function createServer(config: AppConfig, databaseUrl: string): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // Also for addresses that do not exist; each route has a limit of its own.
    bodyLimit: OTHER_BODY_BYTES,
    // Fastify's defaults wait for ever: slow senders would hold sockets open.
    requestTimeout: REQUEST_MS,
    connectionTimeout: 20_000,
    // Node looks for late requests every half minute, unless told otherwise. Requests without a host are refused where sockets are counted.
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1000, requireHostHeader: false },
    routerOptions: { maxParamLength: 500 },
    // A client could otherwise choose its own address, and so evade every limit per address.
    trustProxy: (_address, hop) => hop < config.env.TRUSTED_PROXY_HOPS,
    logger: false,
    // Our own, never the caller's: strangers must not write into the log.
    genReqId: () => randomUUID(),
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  limitBodies(fastify);
  nameRequests(fastify);
  forbidCopies(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, databaseUrl), adapter, { bodyParser: false, bufferLogs: true });
  app.useLogger(app.get(Logger));
  readBodies(fastify);
  watchTheLongWay(fastify, app.get(Figures), (error, request) => countTooLarge(app.get(RejectedCalls), app.get(WebhookSecrets), error, request));
  openFrontDoors(fastify, app, config.secure);
  closeCrowdedSockets(fastify);
  await fastify.register(cookie);
  await fastify.register(helmet, helmetOptions(config));
  allowDocumentationPage(fastify);
  serveOpenApi(app);
  await servePage(fastify, config.secure);
  app.enableShutdownHooks();
  return app;
}

/** Each answer names its request as the log does, so that people can quote it. */
function nameRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  // As late as this, because reading a body leads out of what was begun before it. Not the request itself: what lives longer would hold its body.
  fastify.addHook('preHandler', (request, _reply, done) => inContext({ request: { id: request.id, method: request.method, url: request.url } }, done));
}

/** Counts the calls of Jira that come through Fastify, as the front doors count the others: how long Jira waited for us, and what was too large. */
function watchTheLongWay(fastify: FastifyInstance, figures: Figures, count: (error: unknown, request: FastifyRequest) => void): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (isForDoor(request)) figures.answered(reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  fastify.addHook('onError', (request, _reply, error, done) => {
    if (isForDoor(request)) count(error, request);
    done();
  });
}

/** Some answers hold a secret that is shown once, and all hold what only their reader may see: nobody on the way keeps a copy. */
function forbidCopies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (/^\/(api\/v1|auth|integration)\//.test(request.routeOptions.url ?? request.url)) reply.header('cache-control', 'no-store');
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
