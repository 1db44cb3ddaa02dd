/**
 * Sockets on which request after request is sent ahead.
 *
 * HTTP lets a client send the next request before the last one is answered. Node reads on as long as more comes, so a stranger could fill the
 * memory with requests that wait: with 50 MB over one socket it was 1.4 GB. Jira, browsers and ordinary proxies wait for an answer first.
 */
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one socket that may wait for their answers. Room for clients that do send ahead, in measure. */
const MOST_UNANSWERED = 32;
/** A flood must not fill the log. */
const TOLD_EVERY_MS = 1000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Puts a limit before everything that listens for requests. */
export function closeCrowdedSockets({ server }: FastifyInstance): void {
  const crowded = new CrowdedSockets();
  const listeners = server.listeners('request') as Listener[];
  server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!crowded.lets(request, response)) return;
    // The server was told to leave this check to us.
    if (request.headers.host === undefined && request.httpVersion === '1.1') response.writeHead(400, { connection: 'close' }).end();
    else for (const listener of listeners) listener.call(server, request, response);
  });
  // Both of these Node would answer itself without telling anybody, so they would not be counted.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (crowded.lets(request, response)) response.writeHead(417).end();
  });
}

/** Counts the requests of each socket that are not answered yet. */
class CrowdedSockets {
  private readonly log = new Logger('server');
  private readonly unanswered = new WeakMap<Socket, number>();
  private closed = 0;

  /** Whether a request is to be served. When it is one too many, its socket is closed; what waits on it hears no answer. */
  lets({ socket }: IncomingMessage, response: ServerResponse): boolean {
    // Of a piece that was read already, the requests still come one after the other.
    if (socket.destroyed) return false;
    const waiting = this.waitingOn(socket);
    if (waiting >= MOST_UNANSWERED) {
      socket.destroy();
      this.tell();
      return false;
    }
    this.unanswered.set(socket, waiting + 1);
    response.once('close', () => this.unanswered.set(socket, this.waitingOn(socket) - 1));
    return true;
  }

  private waitingOn(socket: Socket): number {
    return this.unanswered.get(socket) ?? 0;
  }

  private tell(): void {
    this.closed += 1;
    if (this.closed > 1) return;
    setTimeout(() => {
      this.log.warn({ connections: this.closed }, `Network connections were closed on which more than ${MOST_UNANSWERED} requests waited for their answers; Jira and browsers do not do that. If a proxy in front of the service does, let it send one request at a time over each connection`);
      this.closed = 0;
    }, TOLD_EVERY_MS).unref();
  }
}
