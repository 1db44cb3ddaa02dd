/**
 * Every statement that this process sends to PostgreSQL, seen where it leaves: at the driver that TypeORM and pg-boss share. So
 * nothing is forgotten, and what is counted are round trips, with BEGIN and COMMIT among them.
 */
import pg from 'pg';

/** One round trip. */
export interface Statement {
  text: string;
  /** Rows given or changed; null while there is no answer. */
  rows: number | null;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** Records from `start` until `stop`. One recorder at a time. */
export class StatementRecorder {
  readonly seen: Statement[] = [];
  private readonly original = pg.Client.prototype.query as unknown as Query;

  start(): void {
    const { seen, original } = this;
    const recorded: Query = function (...args) {
      const text = textOf(args[0]);
      const one: Statement = { text, rows: null };
      // The driver's own pool asks with a callback; then the answer goes there.
      seen.push(one);
      const last = args.length - 1;
      const callback = args[last];
      if (typeof callback === 'function') args[last] = (error: unknown, result: pg.QueryResult) => (keep(one, result), (callback as (...given: unknown[]) => unknown)(error, result));
      const answer = original.apply(this, args);
      if (answer instanceof Promise) answer.then((result: pg.QueryResult) => keep(one, result), () => undefined);
      return answer;
    };
    (pg.Client.prototype as unknown as { query: Query }).query = recorded;
  }

  stop(): void {
    (pg.Client.prototype as unknown as { query: Query }).query = this.original;
  }

  /** Forgets what was seen. */
  clear(): void {
    this.seen.length = 0;
  }
}

function textOf(asked: unknown): string {
  const text = typeof asked === 'string' ? asked : String((asked as { text?: string }).text ?? '');
  return text.replace(/\s+/g, ' ').trim();
}

function keep(one: Statement, result: pg.QueryResult | pg.QueryResult[] | undefined): void {
  one.rows = Array.isArray(result) ? null : (result?.rowCount ?? null);
}
