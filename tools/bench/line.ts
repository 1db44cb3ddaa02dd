/** Just enough HTTP to send requests that are made already and to see how they were answered, as cheaply as Node can. */
import { connect, type Socket } from 'node:net';

/** One socket that is asked one thing at a time. */
export class Line {
  private readonly socket: Socket;
  private seen: Buffer = Buffer.alloc(0);
  private answered: ((status: number) => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.answered?.(0));
  }

  /** Connects to a port of this machine. */
  static open(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Line(socket)));
      socket.once('error', reject);
    });
  }

  /** The status of the answer; 0 when the connection broke. */
  ask(request: Buffer): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.answered = resolve;
      this.socket.write(request);
    });
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  close(): void {
    this.answered = null;
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.seen = this.seen.length === 0 ? chunk : Buffer.concat([this.seen, chunk]);
    const head = this.seen.indexOf('\r\n\r\n');
    if (head < 0) return;
    const text = this.seen.toString('latin1', 0, head);
    const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    if (this.seen.length < head + 4 + length) return;
    this.seen = Buffer.alloc(0);
    const answered = this.answered;
    this.answered = null;
    answered?.(Number(text.slice(9, 12)));
  }
}
