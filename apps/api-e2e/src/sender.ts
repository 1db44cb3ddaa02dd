/** Sends many requests over a few connections that stay open, as cheaply as Node can: tests with thousands of requests spend their time in the service. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';

export interface Sent {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Sending {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export class Sender {
  private readonly agent: Agent;

  /** @param home address of the service */
  constructor(
    private readonly home: string,
    connections = 16,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** One request, without following redirects; `path` is sent as it is. Rejects when the connection breaks. */
  send(path: string, { method = 'POST', headers = {}, body }: Sending = {}): Promise<Sent> {
    return new Promise((resolve, reject) => {
      const call = request(this.home, { path, method, agent: this.agent, headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) } });
      call.on('error', reject);
      call.on('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }));
      });
      call.end(body);
    });
  }

  /** Works through the list with so many requests under way; gives the results in the order of the list. */
  async all<T, R>(items: readonly T[], work: (item: T) => Promise<R>, lanes = 16): Promise<R[]> {
    const results: R[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return results;
  }

  close(): void {
    this.agent.destroy();
  }
}
