/**
 * The short way from the server to the front doors.
 *
 * Nest and Fastify know the webhook controllers like any other, so they are in the OpenAPI document and have an access decision. Between the
 * server and their methods, though, both put what a front door has no use for: guards, pipes, interceptors, hooks, cookies, objects for
 * request and answer. Here the signature alone decides, and all of that takes longer than the check of the signature itself. So an ordinary
 * call of Jira is read and answered here (decisions 8 and 22). Every other request goes the long way, also one
 * that is meant for a door but written otherwise; the methods are the same.
 */
import type { INestApplication } from '@nestjs/common';
import type { WebhookAnswer } from '@openhands-jira/contracts';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Farewell } from './admin/farewell.service.js';
import { CallTurns } from './call-turns.js';
import { Figures } from './config/figures.js';
import { inContext } from './config/work-context.js';
import { WebhookSecrets } from './connections/webhook-secrets.service.js';
import type { WebhookRequest } from './deliveries/body-bytes.js';
import { RejectedCalls } from './deliveries/rejected-calls.service.js';
import { JiraCloudWebhookController } from './jira-cloud/jira-cloud.webhook.controller.js';
import { JiraDataCenterWebhookController } from './jira-data-center/jira-data-center.webhook.controller.js';
import { countTooLarge, isPlainJson, readBytes, WEBHOOK_BODY_BYTES } from './request-bodies.js';
import { ProblemFilter } from './security/problem.js';

type Receive = (request: WebhookRequest, connectionId: string) => Promise<WebhookAnswer>;

/** A door, its address, and how that looks in a request. */
interface Door {
  address: string;
  pattern: RegExp;
  receive: Receive;
}

/** A call that is being served. */
interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** Ours, never the caller's, as for every request. */
  id: string;
  begun: number;
}

type Headers = Record<string, string>;

/** Lets ordinary calls of Jira in by the short way. The service does not start when a controller has its door at another address than is said here. */
export function openFrontDoors(fastify: FastifyInstance, app: INestApplication, secure: boolean): void {
  const doors = doorsOf(app);
  const desk = new FrontDesk(doors, app, secure);
  const { server } = fastify;
  const [theLongWay] = server.listeners('request') as [(request: IncomingMessage, response: ServerResponse) => void];
  server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!desk.takes(request, response)) theLongWay.call(server, request, response);
  });
  fastify.addHook('onReady', (done) => {
    const missing = doors.filter(({ address }) => !fastify.hasRoute({ url: address, method: 'POST' })).map(({ address }) => address);
    done(missing.length > 0 ? new Error(`No controller has a door at ${missing.join(', ')}.`) : undefined);
  });
}

function doorsOf(app: INestApplication): Door[] {
  const cloud = app.get(JiraCloudWebhookController);
  const dataCenter = app.get(JiraDataCenterWebhookController);
  return [
    doorAt('/integration/jira/connections/:connectionId/events', (request, connectionId) => cloud.scoped(connectionId, request)),
    doorAt('/integration/jira-dc/connections/:connectionId/events', (request, connectionId) => dataCenter.receive(connectionId, request)),
    doorAt('/integration/jira/events', (request) => cloud.shared(request)),
  ];
}

/** A query is let by: a Jira Data Center or a proxy may add one, and no door looks at it. */
function doorAt(address: string, receive: Receive): Door {
  return { address, receive, pattern: new RegExp(`^${address.replace(':connectionId', '([^/?#%]{1,500})')}(?:\\?|$)`) };
}

/** Reads a call, hands it to its door and writes the answer. */
class FrontDesk {
  private readonly problems = new ProblemFilter();
  private readonly turns: CallTurns;
  private readonly farewell: Farewell;
  private readonly figures: Figures;
  private readonly rejected: RejectedCalls;
  private readonly secrets: WebhookSecrets;
  private readonly headers: Headers;

  constructor(private readonly doors: Door[], app: INestApplication, secure: boolean) {
    this.secrets = app.get(WebhookSecrets);
    this.turns = new CallTurns(this.secrets);
    this.farewell = app.get(Farewell);
    this.figures = app.get(Figures);
    this.rejected = app.get(RejectedCalls);
    this.headers = headersOfAnswers(secure);
  }

  /** False when a request is not an ordinary call of Jira; then nothing was done with it. */
  takes(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'POST' || !isPlainJson(request.headers)) return false;
    for (const { pattern, receive } of this.doors) {
      const found = pattern.exec(request.url!);
      if (!found) continue;
      const call = { request, response, id: randomUUID(), begun: performance.now() };
      this.turns.begin(found[1], () => this.serve(call, (body) => receive({ headers: request.headers, body }, found[1] ?? '')), () => request.destroyed);
      return true;
    }
    return false;
  }

  private serve(call: Call, receive: (body: Buffer) => Promise<WebhookAnswer>): void {
    const { method, url } = call.request;
    // Who left while waiting for a turn hears no answer, and was told nothing.
    if (call.request.destroyed) return;
    readBytes(call.request, WEBHOOK_BODY_BYTES, (error, body) => {
      // As late as this, because reading a body leads out of what was begun before it. Not the request itself: what lives longer would hold its body.
      inContext({ request: { id: call.id, method: method!, url: url! } }, () => (error ? this.turnAway(call, error) : this.answer(call, receive(body!))));
    });
  }

  private answer(call: Call, received: Promise<WebhookAnswer>): void {
    void received.then((answer) => this.send(call, 200, JSON_ANSWER, JSON.stringify(answer)), (error: unknown) => this.refuse(call, error));
  }

  /** The body could not be read. What was not read may still come, so the connection is of no use to anybody. */
  private turnAway(call: Call, error: Error): void {
    countTooLarge(this.rejected, this.secrets, error, { url: call.request.url!, headers: call.request.headers });
    this.refuse(call, error, CLOSING);
  }

  private refuse(call: Call, error: unknown, more?: Headers): void {
    const { status, headers, text } = this.problems.answerTo(error);
    this.send(call, status, { ...headers, ...more }, text);
  }

  private send({ response, id, begun }: Call, status: number, headers: Headers, text: string): void {
    const closing = this.farewell.isLeaving ? CLOSING : undefined;
    response.writeHead(status, { ...this.headers, ...headers, ...closing, 'x-request-id': id, 'content-length': Buffer.byteLength(text) });
    response.end(text, () => this.figures.answered(status, (performance.now() - begun) / 1000));
  }
}

const CLOSING: Headers = { connection: 'close' };
const JSON_ANSWER: Headers = { 'content-type': 'application/json; charset=utf-8' };

/** What helmet sets, as far as it means something for a few words of JSON that no browser shows. */
function headersOfAnswers(secure: boolean): Headers {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(secure && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  };
}
