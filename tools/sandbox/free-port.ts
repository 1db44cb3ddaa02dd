import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of thousands of those must not take it before the program does, or while the program is started anew. */
const FIRST = 10_000;
const COUNT = 20_000;

/** A port of this machine that nobody uses now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
