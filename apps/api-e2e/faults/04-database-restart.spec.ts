/** Row 4: PostgreSQL goes away and comes back, and later its connections are cut one by one. Everything goes on by itself. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../api/src/database/embedded-postgres.js';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { atOnce, atRate, pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { type Answered, Installation } from './installation.js';

const AWAY_MS = 5000;
/** So long after its return everything goes as fast as before. */
const RECOVERY_MS = 5000;
const CUTS_PER_SECOND = 2;
const CUTTING_MS = scaled(20) * 1000;
const PER_SECOND = 100;

describe('An installation whose PostgreSQL is restarted', () => {
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  let dataDir: string;
  let port: number;
  let server: EmbeddedPostgres;
  let installation: Installation;
  const formerServer = process.env.TEST_DATABASE_URL;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'openhands-jira-fault-'));
    chmodSync(dataDir, 0o755);
    port = await freePort();
    server = await startServer();
    process.env.TEST_DATABASE_URL = atPort(server.url);
    installation = await Installation.open({ stepsPerLook: 1 });
  }, 300_000);

  afterAll(async () => {
    await installation?.close();
    process.env.TEST_DATABASE_URL = formerServer;
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Always on the same port, as a database that an operator restarts. */
  function startServer(): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({ dataDir, settings: [...settings, `port=${port}`] });
  }

  function atPort(url: string): string {
    return Object.assign(new URL(url), { port: String(port) }).toString();
  }

  fault(4, 'a restart of PostgreSQL loses nothing, and all processes work on', async (figures) => {
    const before = await bestRate(Date.now() + RECOVERY_MS);
    const parcels = Array.from({ length: 20 }, () => installation.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await server.stop();
    const during = await atRate([...installation.mixed((AWAY_MS / 1000) * 20, 10)], 20, (parcel) => installation.knock(parcel));
    server = await startServer();
    const backAt = Date.now();
    const late = Array.from({ length: 20 }, () => installation.asks());
    await Promise.all(late.map((parcel) => installation.carry(parcel)));
    const recoveredMs = Date.now() - backAt;
    const after = await bestRate(backAt + RECOVERY_MS);
    installation.hurryAgent();
    await installation.settled([...parcels, ...late]);

    figures.condition(`away for ${((backAt - AWAY_MS) > 0 ? AWAY_MS : 0) / 1000} s; the rate is that of ${RATE_SAMPLE} deliveries over ${LANES} connections, the best within five seconds before and after`);
    tellAbsence(figures, during);
    figures.within('first acknowledgements after its return', recoveredMs, RECOVERY_MS);
    figures.keepsUp('rate that is reached again, as a share of before', after / before, 0.95);
    await installation.expectOneOfEach(figures, [...parcels, ...late]);
  });

  fault(4, 'connections that are cut again and again lose nothing', async (figures) => {
    const admin = new pg.Client({ connectionString: atPort(server.url) });
    await admin.connect();
    const parcels = installation.mixed((CUTTING_MS / 1000) * PER_SECOND, 4);
    installation.stage.sandbox.openhands.stepsPerLook = 1;
    const cutting = cutConnections(admin);
    const answers = (await atRate(parcels, PER_SECOND, (parcel) => installation.carry(parcel))).flat();
    const cuts = await cutting;
    await admin.end();
    installation.hurryAgent();
    await installation.settled(parcels);

    figures.condition(`${parcels.length} deliveries at ${PER_SECOND}/s, ${cuts} connections cut, ${CUTS_PER_SECOND} a second`);
    figures.exactly('answers other than 200 and 503', answers.filter((one) => one.status !== 200 && one.status !== 503).length, 0);
    await installation.expectOneOfEach(figures, parcels);
  });

  const RATE_SAMPLE = 600;
  const LANES = 20;

  /** The best of all rates that can be measured until then; at least one. */
  async function bestRate(until: number): Promise<number> {
    let best = 0;
    do best = Math.max(best, await rate());
    while (Date.now() < until);
    return best;
  }

  /** Deliveries a second, when twenty connections bring one after the other. */
  async function rate(): Promise<number> {
    const parcels = Array.from({ length: RATE_SAMPLE }, () => installation.remark());
    const started = Date.now();
    await atOnce(parcels, LANES, (parcel) => installation.carry(parcel));
    return (RATE_SAMPLE * 1000) / (Date.now() - started);
  }

  function tellAbsence(figures: Parameters<Parameters<typeof fault>[2]>[0], during: Answered[]): void {
    figures.exactly('answers other than 503 while it was away', during.filter((one) => one.status !== 503).length, 0);
    figures.exactly('of them without Retry-After', during.filter((one) => one.status === 503 && one.retryAfter === null).length, 0);
    figures.within('slowest of them', Math.max(...during.map((one) => one.ms)), 2200);
  }

  async function cutConnections(admin: pg.Client): Promise<number> {
    const until = Date.now() + CUTTING_MS;
    let cuts = 0;
    while (Date.now() < until) {
      const { rowCount } = await admin.query(CUT);
      cuts += rowCount ?? 0;
      await pause(1000 / CUTS_PER_SECOND);
    }
    await eventually(() => installation.processes.places.every((place) => place.isUp), Boolean, 'all processes to be up');
    return cuts;
  }
});

/** Any one connection of the service. */
const CUT = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name LIKE 'openhands-jira%' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`;
