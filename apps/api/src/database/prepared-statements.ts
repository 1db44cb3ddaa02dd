/**
 * PostgreSQL reads and plans a statement each time that it is sent, unless it is prepared under a name. Here a few hundred texts come
 * again and again, and planning the larger ones costs more than running them. So every text that comes a second time is prepared.
 */
import pg from 'pg';

/** Each connection keeps a plan of each, some 50 kB; texts beyond that are sent as they are. */
const MOST_PREPARED = 200;

/** What pg says when its `query_timeout` is over. */
const TIMED_OUT = 'Query read timeout';
/** No such prepared statement (26000), or one that gives other columns than when it was prepared (0A000). */
const PREPARED_WRONGLY = /^26000 |^0A000 cached plan must not change result type/;

/**
 * A prepared statement fails once a later release adds a column to what it gives, so those that give "all columns" are left out. A part
 * of `Changes` names its columns. A migration that changes the type of a column ends the connections that meet it, once each.
 */
const GIVES_ALL_COLUMNS = /\b(?:SELECT|RETURNING)\s+(?:\w+\.)?\*(?!\s+FROM change_\d)/i;

/** The names of the statements of one pool, so that all its connections prepare the same ones. */
export class StatementNames {
  private readonly seen = new Set<string>();
  private readonly names = new Map<string, string>();

  constructor(private readonly most = MOST_PREPARED) {}

  /** Undefined when the statement is to be sent as it is: the first time, and when there are enough. */
  nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= this.most) return known;
    if (!this.seen.delete(text)) {
      this.remember(text);
      return undefined;
    }
    if (GIVES_ALL_COLUMNS.test(text)) return undefined;
    const name = `s${this.names.size + 1}`;
    this.names.set(text, name);
    return name;
  }

  /** Texts that never come again must not pile up. */
  private remember(text: string): void {
    if (this.seen.size >= this.most) this.seen.clear();
    this.seen.add(text);
  }
}

/** What an answer to a statement ends in; the driver gives one of the two. */
type Answered = (error: (Error & { code?: string }) | null | undefined, result?: unknown) => void;

/** The class of connections for one pool (`pg.Pool` and everything built on it takes it as `Client`). Statements without values are sent as they are. */
export function preparingClient(names = new StatementNames()): typeof pg.Client {
  return class PreparingClient extends pg.Client {
    override query(...sent: unknown[]): never {
      const [text, values, ...more] = sent;
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? names.nameOf(text) : undefined;
      return this.ask(name === undefined ? sent : [{ name, text, values }, ...more]);
    }

    private ask(sent: unknown[]): never {
      const callback = sent.at(-1);
      if (typeof callback === 'function') sent = [...sent.slice(0, -1), (...answer: Parameters<Answered>) => (this.endIfUnusable(answer[0]), (callback as Answered)(...answer))];
      const answer = (super.query as unknown as (...all: unknown[]) => unknown)(...sent);
      if (answer instanceof Promise) answer.catch((error: Parameters<Answered>[0]) => this.endIfUnusable(error));
      return answer as never;
    }

    /**
     * After a time limit the statement still runs, and whatever is sent next would wait behind it, perhaps in its transaction. After an
     * error about a prepared statement this connection would meet it again and again.
     */
    private endIfUnusable(error: Parameters<Answered>[0]): void {
      if (error && (error.message === TIMED_OUT || PREPARED_WRONGLY.test(`${error.code ?? ''} ${error.message}`))) void this.end().catch(() => undefined);
    }
  };
}
