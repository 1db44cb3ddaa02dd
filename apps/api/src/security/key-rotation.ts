import { DataSource, type EntityManager } from 'typeorm';
import { SecretBox } from './secret-box.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

/** How far the rotation of one column is. */
export interface RotationProgress {
  column: string;
  done: number;
  of: number;
}

/** What the rotation did. */
export interface RotationResult {
  /** Secrets that now have the first key. */
  rotated: number;
  /** `table.column of row`: secrets that none of the keys opens. They stay as they are. */
  unreadable: string[];
  /** Secrets that still have another key: those that cannot be read, and what other processes sealed meanwhile. */
  left: number;
}

/** Rows are locked for as long as one batch takes: a few milliseconds. */
const BATCH = 100;

/**
 * Encrypts every stored secret again with the first key. The service may run meanwhile: each batch locks its rows, so a secret
 * that somebody changes at the same moment is either rotated afterwards or sealed by the service itself, with its own first key.
 */
export class KeyRotation {
  constructor(
    private readonly db: DataSource,
    private readonly box: SecretBox,
  ) {}

  async run(report: (progress: RotationProgress) => void): Promise<RotationResult> {
    const result: RotationResult = { rotated: 0, unreadable: [], left: 0 };
    for (const column of SEALED_COLUMNS) await this.rotateColumn(column, result, report);
    for (const column of SEALED_COLUMNS) result.left += await this.countOthers(column);
    return result;
  }

  private async rotateColumn(column: SealedColumn, result: RotationResult, report: (progress: RotationProgress) => void): Promise<void> {
    const of = await this.countOthers(column);
    const name = `${column.table}.${column.column}`;
    let done = 0;
    for (let last: string | null = ''; of > 0 && last !== null; ) {
      const batch = await this.rotateBatch(column, last);
      result.rotated += batch.rotated;
      result.unreadable.push(...batch.unreadable.map((key) => `${name} of ${key}`));
      done += batch.rotated;
      last = batch.last;
      if (batch.rotated > 0) report({ column: name, done, of: Math.max(of, done) });
    }
  }

  /** The next rows after `last`, in one transaction; `last: null` when there are none. */
  private async rotateBatch(column: SealedColumn, last: string): Promise<{ rotated: number; unreadable: string[]; last: string | null }> {
    return this.db.transaction(async (manager) => {
      const rows = (await manager.query(
        `SELECT ${column.key} AS key, ${column.column} AS sealed FROM ${column.table}
         WHERE ${otherKey(column)} AND ${column.key} > $2 ORDER BY 1 LIMIT ${BATCH} FOR UPDATE`,
        [this.box.currentKeyId, last],
      )) as { key: string; sealed: string }[];
      const unreadable = [];
      for (const row of rows) if (!(await this.rotateRow(manager, column, row))) unreadable.push(row.key);
      return { rotated: rows.length - unreadable.length, unreadable, last: rows.at(-1)?.key ?? null };
    });
  }

  private async rotateRow(manager: EntityManager, column: SealedColumn, row: { key: string; sealed: string }): Promise<boolean> {
    const plain = this.read(row.sealed, column.placeOf(row.key));
    if (plain === null) return false;
    await manager.query(`UPDATE ${column.table} SET ${column.column} = $2 WHERE ${column.row}`, [row.key, this.box.seal(plain, column.placeOf(row.key))]);
    return true;
  }

  private read(sealed: string, place: string): string | null {
    try {
      return this.box.open(sealed, place);
    } catch {
      return null;
    }
  }

  private async countOthers(column: SealedColumn): Promise<number> {
    const rows = await this.db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${column.table} WHERE ${otherKey(column)}`, [this.box.currentKeyId]);
    return rows[0]!.count;
  }
}

/** The row has a secret with another key than the first (`$1`). */
function otherKey(column: SealedColumn): string {
  return `split_part(${column.column}, '.', 2) <> $1`;
}
