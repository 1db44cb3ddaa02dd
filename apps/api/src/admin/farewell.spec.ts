import Fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Farewell } from './farewell.service.js';

describe('A process that is told to end', () => {
  let fastify: FastifyInstance;
  let farewell: Farewell;
  const sender = new Agent({ keepAlive: true });

  beforeEach(() => {
    fastify = Fastify();
    farewell = new Farewell({ httpAdapter: { getInstance: () => fastify } } as never);
    farewell.onModuleInit();
    fastify.get('/', () => 'here');
  });

  afterEach(() => sender.destroy());

  it('still answers what comes in, and tells senders that their socket closes', async () => {
    await listen();
    expect((await get('/')).headers.connection).toBe('keep-alive');
    farewell.onModuleDestroy();
    expect(farewell.isLeaving).toBe(true);
    expect(await get('/')).toMatchObject({ statusCode: 200, headers: { connection: 'close' } });
    await end();
  });

  it('leaves load balancers two seconds, and none to somebody at the keyboard', async () => {
    jest.useFakeTimers();
    try {
      farewell.onModuleDestroy();
      await farewell.beforeApplicationShutdown('SIGINT');
      let over = false;
      const waiting = farewell.beforeApplicationShutdown('SIGTERM').then(() => (over = true));
      await jest.advanceTimersByTimeAsync(1999);
      expect(over).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      await waiting;
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives the answer that is under way, and does not wait for a socket that has never sent a request', async () => {
    const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    fastify.get('/slow', () => (arrived.resolve(), answer.promise));
    const { port } = await listen();
    const silent = connect(port, '127.0.0.1').on('error', () => undefined).resume();
    await once(silent, 'connect');
    const answered = get('/slow');
    await arrived.promise;
    const ended = end();
    await once(silent, 'close');
    answer.resolve('done');
    expect((await answered).statusCode).toBe(200);
    await ended;
  });

  async function listen(): Promise<AddressInfo> {
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    return fastify.server.address() as AddressInfo;
  }

  function get(path: string): Promise<IncomingMessage> {
    const { port } = fastify.server.address() as AddressInfo;
    return new Promise((resolve, reject) => request({ port, path, agent: sender, host: '127.0.0.1' }, (response) => resolve(response.resume())).on('error', reject).end());
  }

  /** In the order in which Nest ends a service. */
  async function end(): Promise<void> {
    farewell.onModuleDestroy();
    await fastify.close();
  }
});
