/**
 * A stand-in: something that answers like a service that is not ours. It has a name, routes, faults and a list of the calls it got,
 * and listens on its own port of the loopback interface only.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Faults } from './faults.ts';
import { html, json, Routes, type Reply } from './routes.ts';

/** One call that a stand-in got. Bodies and credentials are not kept. */
export interface RecordedCall {
  method: string;
  /** Path with query. */
  path: string;
  /** 0 when the connection was closed without an answer. */
  status: number;
}

const CALLS_KEPT = 2000;

export class StandIn {
  readonly name: string;
  readonly routes = new Routes();
  readonly faults = new Faults();
  readonly calls: RecordedCall[] = [];
  /** Answers what no route knows; may be replaced by one in the service's own manner. */
  notFound: (path: string) => Reply = (path) => json(404, { message: `The sandbox has nothing at ${path}` });

  constructor(name: string) {
    this.name = name;
  }

  record(call: RecordedCall): void {
    this.calls.push(call);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
  }

  /** Answers one HTTP request, with whatever fault is due. */
  async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://sandbox.invalid');
    const method = incoming.method ?? 'GET';
    const call: RecordedCall = { method, path: url.pathname + url.search, status: 0 };
    this.record(call);
    const raw = await readBody(incoming);
    const fault = this.faults.take(method, url.pathname);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') return void incoming.socket.destroy();
    const reply =
      fault?.kind === 'status'
        ? faultReply(fault.status, fault.body, fault.headers)
        : fault?.kind === 'html'
          ? html(200, '<!doctype html><title>Sign in</title><p>Sandbox: a page where an API answer was expected.</p>')
          : await this.#reply({ method, path: url.pathname, query: url.searchParams, headers: incoming.headers, raw });
    if (fault?.kind === 'lost-answer') return void incoming.socket.destroy();
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    call.status = reply.status;
    outgoing.writeHead(reply.status, { 'x-sandbox': 'nothing here is real', ...reply.headers });
    outgoing.end(reply.body);
  }

  async #reply(request: Parameters<Routes['answer']>[0]): Promise<Reply> {
    try {
      return (await this.routes.answer(request)) ?? this.notFound(request.path);
    } catch (error) {
      // A fault of the sandbox itself: say so plainly, so that nobody looks for it in the product.
      return json(500, { sandboxFault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

function faultReply(status: number, body: unknown, headers: Record<string, string> | undefined): Reply {
  if (typeof body === 'string') return { status, headers: { 'content-type': 'text/html', ...headers }, body };
  return json(status, body ?? { message: 'Fault made by the sandbox' }, headers);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Certificate chain and key, PEM. */
export interface ServerCertificate {
  cert: string;
  key: string;
}

export interface Listening {
  port: number;
  /** Shows another certificate from the next connection on; open ones are closed. @throws when it listens without TLS */
  present(certificate: ServerCertificate): void;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1 with the same port: `localhost` means either, depending on the client.
 * @param port 0 picks a free one
 * @param certificate null: plain HTTP
 */
export async function listen(
  standIn: StandIn,
  port: number,
  hosts: string[] = ['127.0.0.1', '::1'],
  certificate: ServerCertificate | null = null,
): Promise<Listening> {
  const [first = '127.0.0.1', ...others] = hosts;
  const servers = [await open(standIn, port, first, certificate)];
  const actual = (servers[0]?.address() as AddressInfo).port;
  for (const host of others) {
    const problem = await open(standIn, actual, host, certificate).then(
      (server) => void servers.push(server),
      (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
    );
    if (problem !== 'EADDRINUSE') continue;
    // Somebody else has this port on the other interface, and `localhost` might mean them.
    await Promise.all(servers.map(shut));
    if (port !== 0) throw new Error(`Port ${String(port)} is taken at ${host}`);
    return listen(standIn, 0, hosts, certificate);
  }
  const present = (next: ServerCertificate): void => servers.forEach((server) => changeCertificate(server, next));
  return { port: actual, present, close: async () => void (await Promise.all(servers.map(shut))) };
}

function open(standIn: StandIn, port: number, host: string, certificate: ServerCertificate | null): Promise<Server> {
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // A client that went away in the middle of its request is no fault of ours.
    standIn.handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  };
  const server = certificate === null ? createServer(handle) : createTlsServer(certificate, handle);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function changeCertificate(server: Server, certificate: ServerCertificate): void {
  if (!(server instanceof TlsServer)) throw new Error('This stand-in listens without TLS');
  server.setSecureContext(certificate);
  server.closeAllConnections();
}

function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
