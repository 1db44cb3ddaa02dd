import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { dataSourceOptions } from './data-source.js';
import { entityOf } from './entity-rows.js';

@Entity('parcels')
class Parcel {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz', { name: 'sent_at', nullable: true }) sentAt!: Date | null;
  @Column('bytea', { nullable: true }) seal!: Buffer | null;
  @Column('bytea', { nullable: true, transformer: { from: (stored: Buffer | null) => stored && Buffer.from(stored).reverse(), to: (given: Buffer | null) => given && Buffer.from(given).reverse() } }) body!: Buffer | null;
  @Column('jsonb') trace!: object;
  @Column('text', { array: true }) labels!: string[];
  @Column('integer') weight!: number;
  @Column('boolean', { name: 'is_large' }) isLarge!: boolean;
}

describe('An entity from a row as JSON', () => {
  let database: TestDatabase;
  let db: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource({ ...dataSourceOptions(database.url), entities: [Parcel] }).initialize();
    await db.query('CREATE TABLE parcels (id uuid PRIMARY KEY, sent_at timestamptz, seal bytea, body bytea, trace jsonb NOT NULL, labels text[] NOT NULL, weight int NOT NULL, is_large boolean NOT NULL, added_later text)');
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  beforeEach(() => db.query('TRUNCATE parcels'));

  const whole = { trace: { step: 'a "quoted" \\ line\n', deep: [1, null] }, labels: ['openhands', 'a,b', ''], weight: -3, isLarge: true };

  it.each([
    ['with everything', { ...whole, id: '01a204f1-7664-7319-b99e-bc085dfea80e', sentAt: new Date('2026-11-22T20:27:43.077Z'), seal: Buffer.from([0, 255, 92, 120]), body: Buffer.from([1, 2, 3]) }],
    ['with nothing where nothing may be', { ...whole, id: '01a204f1-7664-7319-b99e-bc085dfea80f', sentAt: null, seal: null, body: null }],
  ])('is the one that TypeORM reads, %s', async (_, parcel) => {
    await db.manager.insert(Parcel, parcel);
    const [row] = await db.query<[{ parcel: object }]>('SELECT to_json(parcel) AS parcel FROM parcels parcel');
    const read = entityOf(db, Parcel, row.parcel);
    expect(read).toBeInstanceOf(Parcel);
    expect(read).toEqual(await db.manager.findOneByOrFail(Parcel, { id: parcel.id }));
  });

  it('is not made of a row without one of its columns', async () => {
    await db.manager.insert(Parcel, { ...whole, id: '01a204f1-7664-7319-b99e-bc085dfea80e' });
    const [row] = await db.query<[{ parcel: object }]>(`SELECT to_jsonb(parcel) - 'is_large' AS parcel FROM parcels parcel`);
    expect(() => entityOf(db, Parcel, row.parcel)).toThrow('The row has no "is_large", so it cannot be read as Parcel');
  });
});
