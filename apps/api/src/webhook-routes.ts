/**
 * The short way from Fastify to the front doors.
 *
 * Nest knows the webhook controllers like any other, so they are in the OpenAPI document and have an access decision. Between Fastify
 * and their methods, though, Nest puts its guards, pipes, interceptors and exception zone. At these doors the signature alone decides,
 * so there is nothing for them to do, and for a wrongly signed call they would cost more than the check of the signature itself.
 */
import type { INestApplication } from '@nestjs/common';
import type { WebhookAnswer } from '@openhands-jira/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { JiraCloudWebhookController } from './jira-cloud/jira-cloud.webhook.controller.js';
import { JiraDataCenterWebhookController } from './jira-data-center/jira-data-center.webhook.controller.js';
import { ProblemFilter } from './security/problem.js';

type WebhookRequest = FastifyRequest<{ Params: { connectionId: string } }>;
type Receive = (request: WebhookRequest) => Promise<WebhookAnswer>;

/** Lets Fastify call the front doors itself. The service does not start when a controller has its door at another address than is said here. */
export function shortenWebhookRoutes(fastify: FastifyInstance, app: INestApplication): void {
  const cloud = app.get(JiraCloudWebhookController);
  const dataCenter = app.get(JiraDataCenterWebhookController);
  const doors: Record<string, Receive> = {
    '/integration/jira/events': (request) => cloud.shared(request),
    '/integration/jira/connections/:connectionId/events': (request) => cloud.scoped(request.params.connectionId, request),
    '/integration/jira-dc/connections/:connectionId/events': (request) => dataCenter.receive(request.params.connectionId, request),
  };
  const problems = new ProblemFilter();
  const found = new Set<string>();
  fastify.addHook('onRoute', (route) => {
    const receive = route.method === 'POST' ? doors[route.url] : undefined;
    if (!receive) return;
    found.add(route.url);
    route.handler = (request, reply) => void answer(receive(request as WebhookRequest), reply, problems);
  });
  fastify.addHook('onReady', (done) => {
    const missing = Object.keys(doors).filter((address) => !found.has(address));
    done(missing.length > 0 ? new Error(`No controller has a door at ${missing.join(', ')}.`) : undefined);
  });
}

async function answer(received: Promise<WebhookAnswer>, reply: FastifyReply, problems: ProblemFilter): Promise<void> {
  try {
    reply.type('application/json; charset=utf-8').send(JSON.stringify(await received));
  } catch (error) {
    problems.answer(error, reply);
  }
}

/**
 * The headers of an answer to Jira: what helmet sets, as far as it means something for a few words of JSON that no browser shows.
 * Helmet itself puts its headers together anew for each answer.
 */
export function guardWebhookAnswers(fastify: FastifyInstance, prefix: string, secure: boolean): void {
  fastify.addHook('onRoute', (route) => {
    if (route.method === 'POST' && route.url.startsWith(prefix)) route.helmet = false;
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'POST' && request.url.startsWith(prefix)) {
      reply.header('content-security-policy', "default-src 'none';frame-ancestors 'none'").header('referrer-policy', 'no-referrer').header('x-content-type-options', 'nosniff');
      if (secure) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    }
    done();
  });
}
