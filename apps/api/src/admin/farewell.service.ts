import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Longest time in which senders are told to go elsewhere, while what they send is still answered. */
const FAREWELL_MS = 1000;
/** When nothing has come in for so long, nobody is left to tell. */
const QUIET_MS = 100;

/**
 * The end of a process, as those see it who send to it.
 *
 * Closing a server at once would cut off a delivery that its sender is just writing to a socket that looks idle. So for a moment
 * every answer says that its socket closes, `/readyz` sends load balancers elsewhere, and all goes on. Afterwards Node closes the
 * idle sockets, but two kinds not: those whose last answer is still under way, and those that have never sent anything, which do
 * not count as idle. The process would wait for them until it is killed, so they are looked for until the server is closed.
 */
@Injectable()
export class Farewell implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly silent = new Set<Socket>();
  private lastRequestAt = 0;
  private leavingSince: number | null = null;

  constructor(private readonly host: HttpAdapterHost) {}

  /** True once this process has been told to end. */
  get isLeaving(): boolean {
    return this.leavingSince !== null;
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.server.on('connection', (socket: Socket) => {
      this.silent.add(socket);
      socket.once('close', () => this.silent.delete(socket));
    });
    fastify.server.on('request', ({ socket }) => {
      this.silent.delete(socket);
      this.lastRequestAt = Date.now();
    });
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isLeaving) reply.header('connection', 'close');
      done();
    });
    fastify.addHook('preClose', (done) => {
      this.closeWhatIsLeft(fastify);
      done();
    });
  }

  /** Before anything else ends, so that it goes on beside what workers finish. */
  onModuleDestroy(): void {
    this.leavingSince = Date.now();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const endsAt = (this.leavingSince ?? 0) + FAREWELL_MS;
    while (Date.now() < Math.min(endsAt, this.lastRequestAt + QUIET_MS)) await setTimeout(QUIET_MS / 4);
  }

  private closeWhatIsLeft({ server }: FastifyInstance): void {
    const looks = setInterval(() => {
      server.closeIdleConnections();
      this.silent.forEach((socket) => socket.destroy());
    }, QUIET_MS);
    server.once('close', () => clearInterval(looks));
  }
}
