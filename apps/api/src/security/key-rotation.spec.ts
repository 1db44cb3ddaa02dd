import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import { uuidv7 } from '../database/uuid.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { KeyRotation } from './key-rotation.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';
import { type EncryptionKey, SecretBox } from './secret-box.js';

const OLD: EncryptionKey = { id: 'old', bytes: randomBytes(32) };
const NEW: EncryptionKey = { id: 'new_1', bytes: randomBytes(32) };
const USER = uuidv7();
const CONNECTION = uuidv7();
const LINK = uuidv7();
const IDENTITY = uuidv7();
const STATE = randomBytes(32);

/** How the rows of each table are named in the places of their secrets. */
const KEYS: Record<string, string> = { users: USER, identities: IDENTITY, connections: CONNECTION, links: LINK, installation_settings: 'setting', oauth_attempts: STATE.toString('hex') };

describe('The list of sealed columns', () => {
  let database: TestDatabase;
  let db: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  it('names every column of the database whose name ends in _sealed, and no other', async () => {
    const rows = await db.query<{ name: string }[]>(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'`);
    expect(SEALED_COLUMNS.map((one) => `${one.table}.${one.column}`).sort()).toEqual(rows.map((row) => row.name).sort());
  });
});

describe('The rotation of keys', () => {
  let database: TestDatabase;
  let db: DataSource;
  const oldBox = new SecretBox([OLD]);
  const bothKeys = new SecretBox([NEW, OLD]);

  beforeEach(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    await insertOneRowEach(db);
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  it('encrypts every secret again with the first key, and the old key is needed no more', async () => {
    for (const column of SEALED_COLUMNS) await store(column, oldBox);
    const result = await new KeyRotation(db, bothKeys).run(() => undefined);
    expect(result).toEqual({ rotated: SEALED_COLUMNS.length, unreadable: [], left: 0 });
    const onlyNew = new SecretBox([NEW]);
    for (const column of SEALED_COLUMNS) expect(onlyNew.open(await stored(column), placeOf(column))).toBe(`secret of ${column.table}.${column.column}`);
  });

  it('goes through more rows than one batch and tells how far it is', async () => {
    const ids = Array.from({ length: 250 }, () => uuidv7());
    await db.query(`INSERT INTO users (id, name, agent_key_sealed) SELECT id, 'somebody', sealed FROM unnest($1::uuid[], $2::text[]) AS t (id, sealed)`, [ids, ids.map((id) => oldBox.seal(id, `users:${id}:agent_key`))]);
    const progress: number[] = [];
    const result = await new KeyRotation(db, bothKeys).run(({ done }) => progress.push(done));
    expect([result.rotated, progress]).toEqual([250, [100, 200, 250]]);
  });

  it('leaves a secret alone that has the first key already, and one that no key opens', async () => {
    const [agentKey, token] = [column('users'), column('identities')];
    await store(agentKey, bothKeys);
    await store(token, new SecretBox([{ id: 'lost', bytes: randomBytes(32) }]));
    const before = [await stored(agentKey), await stored(token)];
    const result = await new KeyRotation(db, bothKeys).run(() => undefined);
    expect(result).toEqual({ rotated: 0, unreadable: [`identities.access_token_sealed of ${IDENTITY}`], left: 1 });
    expect([await stored(agentKey), await stored(token)]).toEqual(before);
  });

  it('does not overwrite a secret that somebody changes at the same moment', async () => {
    const agentKey = column('users');
    await store(agentKey, oldBox);
    const person = db.createQueryRunner();
    await person.startTransaction();
    await person.query('UPDATE users SET agent_key_sealed = $2 WHERE id = $1', [USER, oldBox.seal('the newer one', placeOf(agentKey))]);
    const rotation = new KeyRotation(db, bothKeys).run(() => undefined);
    await untilSomebodyWaits(db);
    await person.commitTransaction();
    await person.release();
    expect((await rotation).left).toBe(0);
    expect(new SecretBox([NEW]).open(await stored(agentKey), placeOf(agentKey))).toBe('the newer one');
  });

  function column(table: string): SealedColumn {
    return SEALED_COLUMNS.find((one) => one.table === table)!;
  }

  async function store(column: SealedColumn, box: SecretBox): Promise<void> {
    const sealed = box.seal(`secret of ${column.table}.${column.column}`, placeOf(column));
    await db.query(`UPDATE ${column.table} SET ${column.column} = $2 ${column.table === 'installation_settings' ? ', value = NULL' : ''} WHERE ${column.row}`, [KEYS[column.table], sealed]);
  }

  async function stored(column: SealedColumn): Promise<string> {
    const [row] = await db.query<{ sealed: string }[]>(`SELECT ${column.column} AS sealed FROM ${column.table} WHERE ${column.row}`, [KEYS[column.table]]);
    return row!.sealed;
  }
});

function placeOf(column: SealedColumn): string {
  return column.placeOf(KEYS[column.table]!);
}

async function insertOneRowEach(db: DataSource): Promise<void> {
  await db.query(`INSERT INTO users (id, name) VALUES ($1, 'Ada')`, [USER]);
  await db.query(`INSERT INTO identities (id, user_id, provider, host, subject, login) VALUES ($1, $2, 'github', 'github.com', '1', 'ada')`, [IDENTITY, USER]);
  await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-cloud', 'acme.atlassian.net', 'https://acme.atlassian.net', 'active')`, [CONNECTION]);
  await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'a', 'Ada', 'oauth')`, [LINK, CONNECTION, USER]);
  await db.query(`INSERT INTO installation_settings (key, value, updated_at) VALUES ('setting', 'plain', now())`);
  await db.query(`INSERT INTO oauth_attempts (state_hash, browser_hash, purpose, payload_sealed, expires_at) VALUES ($1, $1, 'sign-in', 'v1.new_1.x', now())`, [STATE]);
}

/** A statement on this database waits for a lock. */
async function untilSomebodyWaits(db: DataSource): Promise<void> {
  for (;;) {
    const rows = await db.query<unknown[]>(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    if (rows.length > 0) return;
  }
}
