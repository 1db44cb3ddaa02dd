import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

/** A load balancer that has been told, or has seen `/readyz`, needs a moment to send elsewhere. */
const FAREWELL_MS = 2000;
const LOOK_MS = 250;

/**
 * The end of a process, as those see it who send to it.
 *
 * Closing a server at once would cut off a delivery that its sender is just writing to a socket that looks idle. So for a moment
 * all goes on, but every answer says that its socket closes, and `/readyz` sends load balancers elsewhere. Afterwards Node closes
 * the idle sockets, but two kinds not: those whose last answer is still under way, and those that have never sent anything, which
 * do not count as idle. The process would wait for them until it is killed, so they are looked for until the server is closed.
 */
@Injectable()
export class Farewell implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly silent = new Set<Socket>();
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
    fastify.server.on('request', ({ socket }) => this.silent.delete(socket));
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

  /** Whoever presses Ctrl-C has no load balancer. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (signal !== 'SIGTERM' || this.leavingSince === null) return;
    const left = this.leavingSince + FAREWELL_MS - Date.now();
    await new Promise((resolve) => setTimeout(resolve, left));
  }

  private closeWhatIsLeft({ server }: FastifyInstance): void {
    let silentBefore = new Set<Socket>();
    const looks = setInterval(() => {
      server.closeIdleConnections();
      // Two looks, because what arrived before the first may not have been read yet.
      for (const socket of this.silent) if (silentBefore.has(socket)) socket.destroy();
      silentBefore = new Set(this.silent);
    }, LOOK_MS);
    server.once('close', () => clearInterval(looks));
  }
}
