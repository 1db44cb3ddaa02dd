/**
 * Changes that belong together, sent to PostgreSQL as one statement: all of them happen or none, as in a transaction, but with one
 * round trip instead of one for each change and two for the transaction.
 *
 * The price is that no change sees what the others do: each works on the rows as they were before. So two parts never change the
 * same row, and whatever has to be read first is read before.
 */

/** Puts a value into the statement and gives its place there, such as `$3`. */
export type Place = (value: unknown) => string;

/** One change. `when` is a condition in SQL under which it may happen; it belongs into its WHERE. */
export type Change = (place: Place, when: string) => string;

/** So many values PostgreSQL expects in a list that it does not know yet. */
const EXPECTED_KEYS = 10;

/**
 * Names the rows of a table by their key, beside a join with a list in JSON. PostgreSQL takes any such list for a hundred rows, and would
 * rather read a table of some thousand rows from end to end than look for a hundred in it.
 *
 * A short list is made as long as PostgreSQL expects, with its first key again and again. Otherwise a plan for the very keys would always look cheaper than the
 * one that serves all, and PostgreSQL would plan each time (0.1 to 0.4 ms).
 */
export function among(column: string, type: 'uuid' | 'text', place: Place, keys: string[]): string {
  return `${column} = ANY (${place(asLongAsExpected(keys))}::${type}[])`;
}

function asLongAsExpected([first, ...others]: string[]): string[] {
  if (first === undefined) return [];
  return [...Array<string>(Math.max(1, EXPECTED_KEYS - others.length)).fill(first), ...others];
}

export class Changes {
  private readonly parts: string[] = [];
  private readonly values: unknown[] = [];
  private readonly acts: Afterwards[] = [];
  private alone = '';
  private when = 'TRUE';

  /** The statement is a transaction of its own: once it has run, what it changed is there for everybody. */
  readonly isCommitted: boolean = false;

  /** Changes that are never part of a transaction, so that something may be done `afterwards`. */
  static atOnce(): Changes {
    return Object.assign(new Changes(), { isCommitted: true });
  }

  /** Adds a change. Gives the name under which other parts can ask for the rows that it returns. */
  add(change: Change): string {
    const place: Place = (value) => `$${this.values.push(value)}`;
    const name = `change_${this.parts.length + 1}`;
    this.alone = change(place, this.when);
    this.parts.push(`${name} AS (${this.alone})`);
    return name;
  }

  /** Adds a change, or a locking read, that must give a row: otherwise nothing that is added after it happens. */
  demand(change: Change): string {
    const name = this.add(change);
    this.onlyWith(name);
    return name;
  }

  /** Adds a change that is made before those after it. What locks several rows does so in one order everywhere, so that nobody waits in a circle. */
  first(change: Change): string {
    const name = this.add(change);
    this.when = `${this.when} AND (SELECT count(*) FROM ${name}) >= 0`;
    return name;
  }

  /** Nothing that is added after this happens unless the part of this name gave a row. */
  onlyWith(name: string): void {
    this.when = `EXISTS (SELECT FROM ${name})`;
  }

  /** Has something done with the rows of a part once the changes are made and committed. */
  afterwards(name: string, act: Afterwards['act']): void {
    if (!this.isCommitted) throw new Error('Nothing can be done afterwards: these changes may be part of a transaction that is rolled back');
    this.acts.push({ name, act });
  }

  /** Makes the changes. False when a demand was not met. */
  async run(db: Pick<Database, 'query'>): Promise<boolean> {
    if (this.parts.length === 0) return true;
    const rows = this.acts.map(({ name }) => `, (SELECT coalesce(jsonb_agg(to_jsonb(${name})), '[]') FROM ${name}) AS ${name}`);
    const [row] = (await db.query(`WITH ${this.parts.join(',\n')} SELECT ${this.when} AS met${rows.join('')}`, this.values)) as [{ met: boolean } & Record<string, object[]>];
    for (const { name, act } of this.acts) await act(row[name]!);
    return row.met;
  }

  /** Makes the changes, and gives the rows of one of them. One alone needs no statement around it. */
  async rowsOf<T>(name: string, db: Pick<Database, 'query'>): Promise<T[]> {
    const text = this.parts.length > 1 ? `WITH ${this.parts.join(',\n')} SELECT * FROM ${name}` : this.alone;
    return (await db.query(text, this.values)) as T[];
  }
}

/** What is done with the rows of a part. */
interface Afterwards {
  name: string;
  act: (rows: object[]) => void | Promise<void>;
}

/** Whatever sends a statement and gives its rows: a transaction, or the pool. */
interface Database {
  query(text: string, values?: unknown[]): Promise<unknown>;
}
