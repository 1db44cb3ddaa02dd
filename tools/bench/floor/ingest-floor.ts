/**
 * The floor: the least that a durable receiver of webhooks can do. Bare `node:http`, HMAC over the raw bytes in constant time, the
 * body parsed, one INSERT of one row with the default commit, and the answer after it. Nothing else: no framework, no look-up, no
 * decision, no log, no batching. Duplicates are found by the unique key.
 *
 * It is written to be fast and to be right: a prepared statement, ten connections like ours, a body of known length into one
 * buffer, and no answer before the commit. Whoever makes it faster without making it do less makes the bench better.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';

const { PORT, DATABASE_URL, WEBHOOK_SECRET = '', CONNECTION_ID = '' } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, application_name: 'floor' });
await pool.query(`
  CREATE TABLE IF NOT EXISTS deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id uuid NOT NULL,
    identifier text NOT NULL,
    event text NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection_id, identifier)
  )`);

const INSERT = {
  name: 'insert',
  text: 'INSERT INTO deliveries (connection_id, identifier, event, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
};

const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.writeHead(200).end('ready');
  read(request)
    .then((body) => receive(request, body, response))
    .catch(() => answer(response, 503));
});
// As long as ours: with few deliveries a socket may lie idle for seconds, and one that is closed while it is written to voids the run.
server.keepAliveTimeout = 72_000;
server.listen(Number(PORT), '127.0.0.1');

async function receive(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  if (!isSigned(String(request.headers['x-hub-signature'] ?? ''), body)) return answer(response, 403);
  const { webhookEvent } = JSON.parse(body.toString('utf8')) as { webhookEvent: string };
  await pool.query({ ...INSERT, values: [CONNECTION_ID, request.headers['x-atlassian-webhook-identifier'], webhookEvent, body] });
  answer(response, 200);
}

function isSigned(header: string, body: Buffer): boolean {
  const given = Buffer.from(header);
  const right = Buffer.from(`sha256=${createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex')}`);
  return given.length === right.length && timingSafeEqual(given, right);
}

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 2 });
  response.end('{}');
}

process.on('SIGTERM', () => process.exit(0));
