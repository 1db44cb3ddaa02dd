/**
 * PostgreSQL reads and plans a statement each time that it is sent, unless it is prepared under a name. Here a few hundred texts come
 * again and again, and planning the larger ones costs more than running them. So every text that comes a second time is prepared.
 */
import pg from 'pg';

/** Each connection keeps a plan of each, some 50 kB; texts beyond that are sent as they are. */
const MOST_PREPARED = 200;

/**
 * A prepared statement fails when a later release adds a column to what it gives. Only those that give "all columns" can meet that. A part
 * of `Changes` names its columns.
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

/** The class of connections for one pool (`pg.Pool` and everything built on it takes it as `Client`). Statements without values are sent as they are. */
export function preparingClient(names = new StatementNames()): typeof pg.Client {
  return class PreparingClient extends pg.Client {
    override query(...sent: unknown[]): never {
      const [text, values, ...more] = sent;
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? names.nameOf(text) : undefined;
      const query = super.query.bind(this) as (...all: unknown[]) => never;
      return name === undefined ? query(...sent) : query({ name, text, values }, ...more);
    }
  };
}
