/**
 * A peer: @octokit/webhooks as its documentation shows it for `node:http`, storing each delivery with the INSERT of the floor before it
 * is answered. Its own checks stay as they are; names of headers and events are translated, because it knows GitHub's only.
 */
import { createServer } from 'node:http';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import pg from 'pg';

const { PORT, DATABASE_URL, WEBHOOK_SECRET, CONNECTION_ID } = process.env;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, application_name: 'octokit' });
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

const webhooks = new Webhooks({ secret: WEBHOOK_SECRET });
webhooks.onAny(async ({ id, name, payload }) => {
  await pool.query({ ...INSERT, values: [CONNECTION_ID, id, name, Buffer.from(JSON.stringify(payload))] });
});

const middleware = createNodeMiddleware(webhooks, { path: '/hooks' });
createServer((request, response) => {
  if (request.method === 'GET') return void response.writeHead(200).end('ready');
  const { headers } = request;
  headers['x-hub-signature-256'] = headers['x-hub-signature'];
  headers['x-github-delivery'] = headers['x-atlassian-webhook-identifier'];
  headers['x-github-event'] = 'issues';
  void middleware(request, response);
}).listen(Number(PORT), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
