/**
 * Entities from rows that PostgreSQL gives as JSON (`SELECT to_json(job) AS job FROM jobs job`), for the few readings that every trigger
 * makes. TypeORM builds the text of a statement anew each time and turns its answer over column by column, which cost a worker more than
 * all decisions together.
 */
import type { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { EntityMetadata } from 'typeorm/metadata/EntityMetadata.js';

/** One column of an entity. */
interface Reading {
  column: string;
  property: string;
  read: (value: unknown) => unknown;
}

const known = new WeakMap<EntityMetadata, Reading[]>();

/** The entity that a row as JSON tells of. Columns of a later release are left out. Throws when a column is missing, computed ones (`VirtualColumn`) included: they stand in the row under the name of their property. */
export function entityOf<T extends object>(db: DataSource, type: new () => T, row: object): T {
  const values = row as Record<string, unknown>;
  const entity = new type() as Record<string, unknown>;
  for (const { column, property, read } of readingsOf(db.getMetadata(type))) {
    const value = values[column];
    if (value === undefined) throw new Error(`The row has no "${column}", so it cannot be read as ${type.name}`);
    entity[property] = value === null ? null : read(value);
  }
  return entity as T;
}

function readingsOf(metadata: EntityMetadata): Reading[] {
  const readings = known.get(metadata) ?? metadata.columns.map((column) => ({ column: column.isVirtualProperty ? column.propertyName : column.databaseName, property: column.propertyName, read: readerOf(column) }));
  known.set(metadata, readings);
  return readings;
}

/** JSON has no times and no bytes: PostgreSQL writes them as text, bytes as `\x` and hexadecimal digits. */
function readerOf({ type, transformer }: ColumnMetadata): Reading['read'] {
  if (type === 'timestamptz') return (value) => new Date(value as string);
  if (type !== 'bytea') return (value) => value;
  const transformers = transformer === undefined ? [] : [transformer].flat();
  return (value) => transformers.reduceRight<unknown>((read, { from }) => from(read), Buffer.from((value as string).slice(2), 'hex'));
}
