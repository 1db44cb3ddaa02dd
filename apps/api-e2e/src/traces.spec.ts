/** One delivery can be followed from the front door to its comments: in one trace, and in the log. */
import { jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

const WORDS = 'the-words-of-the-request';
const COLLECTOR_TOKEN = 'token-of-the-collector';

let collector: Server;
let stage: Stage;
const spans: OtlpSpan[] = [];
const received: string[] = [];
const headers: (string | undefined)[] = [];
const log: string[] = [];
let deliveryId: string;
let jobId: string;

beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(log.push(text.toString())));
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      take(request.headers['authorization'], Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  stage = await Stage.open({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${COLLECTOR_TOKEN}`,
    LOG_LEVEL: 'debug', LOG_FORMAT: 'json',
  });
  await live();
}, 60_000);

afterAll(async () => {
  await stage.close();
  await new Promise((resolve) => collector.close(resolve));
  jest.restoreAllMocks();
});

function take(authorization: string | undefined, body: string): void {
  headers.push(authorization);
  received.push(body);
  const read = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
  spans.push(...read.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
}

/** One request, from the comment of a person to the result. */
async function live(): Promise<void> {
  const ada = await stage.signIn('ada');
  await stage.connectWorkspace(ada);
  const ben = await stage.signIn('ben');
  await stage.link(ben, ACCOUNTS.ben);
  stage.comment('SHOP-12', ACCOUNTS.ben, `@openhands ${WORDS}`);
  await stage.ourComment('SHOP-12', /last words/);
  const delivery = await stage.decided(ada, 'SHOP-12');
  ({ id: deliveryId, jobId } = delivery);
  await eventually(async () => (await ada.get(`/api/v1/jobs/${jobId}`)).json.state, (state) => state === 'succeeded', 'the job to succeed');
  await eventually(() => Promise.resolve(ofTrace('write').length), (count) => count >= 3, 'the spans of the comments');
  // A span is sent when it ends, so the inner ones come first.
  await eventually(() => Promise.resolve(ofTrace('write').map((span) => ancestors(span).at(-1))), (roots) => roots.every((root) => root === 'delivery'), 'the spans around them');
}

/** The spans of the delivery's trace with this name. */
function ofTrace(name: string): OtlpSpan[] {
  const door = spans.find((span) => span.name === 'delivery' && attribute(span, 'openhands_jira.delivery.id') === deliveryId);
  return door ? spans.filter((span) => span.traceId === door.traceId && span.name === name) : [];
}

function attribute(span: OtlpSpan, key: string): string | number | undefined {
  const { stringValue, intValue } = span.attributes.find((one) => one.key === key)?.value ?? {};
  return stringValue ?? intValue;
}

/** From a span up to the beginning of its trace. */
function ancestors(span: OtlpSpan): string[] {
  const parent = spans.find((one) => one.spanId === span.parentSpanId);
  return parent ? [parent.name, ...ancestors(parent)] : [];
}

it('one trace leads from the front door through the queue to the comments', () => {
  const [door] = ofTrace('delivery');
  expect(door).toMatchObject({ kind: 2 });
  expect(door?.parentSpanId).toBeUndefined();
  expect(ofTrace('triage').map(ancestors)).toEqual([['delivery']]);
  expect(ofTrace('start-job').map(ancestors)).toContainEqual(['triage', 'delivery']);
  for (const write of ofTrace('write')) expect(ancestors(write).at(-1)).toBe('delivery');
  const posts = ofTrace('POST').filter((span) => ancestors(span).includes('write'));
  expect(posts.length).toBeGreaterThanOrEqual(2);
});

it('the span of the job and of each comment names delivery and job', () => {
  for (const span of [...ofTrace('start-job'), ...ofTrace('write')]) {
    expect([attribute(span, 'openhands_jira.delivery.id'), attribute(span, 'openhands_jira.job.id')]).toEqual([deliveryId, jobId]);
  }
});

it('no span holds what people wrote, an address, or a secret', () => {
  const text = received.join('\n');
  for (const secret of [WORDS, 'web-app', 'SHOP-12', 'Ben', '/rest/api', COLLECTOR_TOKEN, CREDENTIALS.serviceAccountToken, CREDENTIALS.webhookSecret, CREDENTIALS.openhandsKey]) expect(text).not.toContain(secret);
});

it('the collector is called with the headers that the operator set', () => {
  expect(new Set(headers)).toEqual(new Set([`Bearer ${COLLECTOR_TOKEN}`]));
});

it('each line of the log about the job names the job, its delivery, the trace and the time', () => {
  const [door] = ofTrace('delivery');
  const lines = log.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
  const about = lines.filter((line) => line['jobId'] === jobId);
  const messages = about.map((line) => line['msg']);
  for (const message of ['A delivery was decided', 'The agent was asked to start a job', 'Jira has what was to be written', 'A job has ended']) expect(messages).toContain(message);
  // Milliseconds since 1970: the same in every time zone.
  for (const line of about) expect([line['msg'], line['deliveryId'], line['traceId'], Math.abs(Date.now() - Number(line['time'])) < 600_000]).toEqual([line['msg'], deliveryId, door?.traceId, true]);
});

it('the figures count the answer to Jira, the decision, the first comment and the calls', async () => {
  const text = await (await fetch(`${stage.url}/metrics`, { headers: { authorization: 'Bearer the-administrator-token-of-the-stories' } })).text();
  expect(text).toMatch(/^openhands_jira_webhook_answer_seconds_count\{status="200"\} [1-9]/m);
  expect(text).toMatch(/^openhands_jira_deliveries_total\{outcome="job",reason="started"\} 1$/m);
  expect(text).toMatch(/^openhands_jira_acknowledgement_seconds_count 1$/m);
  const host = new URL(stage.sandbox.urls.openhands).hostname;
  expect(text).toMatch(new RegExp(`^openhands_jira_outgoing_calls_total\\{host="${host}(:\\d+)?",status="20\\d"\\} [1-9]`, 'm'));
});

it('an answer names its request as the log does, by an id of our own', async () => {
  const db = stage.inside(DataSource);
  const away = jest.spyOn(db, 'transaction').mockRejectedValue(new Error('away'));
  const answer = await fetch(`${stage.url}/metrics`, { headers: { authorization: 'Bearer the-administrator-token-of-the-stories', 'x-request-id': 'chosen-by-a-stranger' } });
  away.mockRestore();
  const id = answer.headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await answer.text()).toMatch(/^openhands_jira_database_up 0$/m);
  expect(log.join('')).toContain(`"requestId":"${id}"`);
});
