/**
 * The promise of the front door, kept by real processes: what was answered with 200 becomes one job, whatever dies meanwhile.
 *
 * The moments of death come from a seed, which `KILL_SEED` changes; the machine's own timing adds to the chance.
 */
import pg from 'pg';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { Processes, type ProcessPlace } from './processes.js';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const SEED = Number(process.env.KILL_SEED ?? 20_261_122);
const TRIGGERS = 30;
const KILLS = 6;
/** Triggers and deaths are spread over this time. */
const STORM_MS = 10_000;
/** Half a minute is usual. A machine where much else is going on gets more time, not a failure. */
const PATIENCE_MS = 180_000;

/** A delivery as Jira holds it until it is answered. */
interface Parcel {
  issueId: string;
  identifier: string;
  body: string;
}

describe(`An installation of two doors and two workers (seed ${SEED})`, () => {
  const random = randomNumbers(SEED);
  let processes: Processes;
  let stage: Stage;
  let database: pg.Client;
  let connectionId: string;
  let lastIssue = 100;

  beforeAll(async () => {
    const limits = { JOBS_MAX_RUNNING: '200', JOBS_MAX_RUNNING_PER_USER: '200' };
    stage = await Stage.open(limits, async (environment, databaseUrl, port) => {
      processes = await Processes.start(['api', 'worker', 'api', 'worker'], environment, databaseUrl, port);
      return processes;
    });
    database = new pg.Client({ connectionString: stage.database.url });
    database.on('error', () => undefined);
    await database.connect();
    connectionId = await stage.connectWorkspace(await stage.signIn('ada'));
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    // From here on the story carries the deliveries to the doors itself, because it must know what was answered.
    stage.sandbox.jira.webhooks.hold();
  }, PATIENCE_MS);

  afterAll(async () => {
    await database?.end();
    await stage?.close();
  });

  it('loses no acknowledged trigger and starts none twice when its processes are killed at any moment', async () => {
    const parcels = Array.from({ length: TRIGGERS }, () => somebodyAsks());
    const kills = Array.from({ length: KILLS }, () => random() * STORM_MS).sort((a, b) => a - b);
    await Promise.all([
      ...parcels.map(async (parcel) => {
        await pause(random() * STORM_MS);
        await carry(parcel);
      }),
      killAndRestart(kills),
    ]);
    await expectOneOfEach(parcels);
  }, PATIENCE_MS);

  it('takes every trigger and ends in order when its processes are stopped and started again under load', async () => {
    const parcels = Array.from({ length: TRIGGERS }, () => somebodyAsks());
    const began = new Date();
    const sending = Promise.all(parcels.map(async (parcel, index) => {
      await pause((index * STORM_MS) / TRIGGERS);
      await carry(parcel);
    }));
    const endings = [];
    // An update in two halves: a door and a worker always stay.
    for (const half of [processes.places.slice(0, 2), processes.places.slice(2)]) {
      endings.push(...(await Promise.all(half.map((place) => place.stop()))));
      await Promise.all(half.map((place) => place.start()));
    }
    await sending;
    expect(endings.map((one) => one.code)).toEqual([0, 0, 0, 0]);
    expect(Math.max(...endings.map((one) => one.ms))).toBeLessThan(20_000);
    await expectOneOfEach(parcels);
    // What was under way was finished, or not begun: stopping costs no attempt.
    const { rows } = await database.query('SELECT name, data FROM queue.job WHERE created_on >= $1 AND retry_count > 0', [began]);
    expect(rows).toEqual([]);
  }, PATIENCE_MS);

  /** A new issue with a comment that asks for work; the delivery is held back. */
  function somebodyAsks(): Parcel {
    const { store, webhooks } = stage.sandbox.jira;
    lastIssue += 1;
    const issue = store.addIssue({ projectKey: 'SHOP', number: lastIssue, summary: `Wish ${lastIssue}`, description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben });
    stage.comment(issue.key, ACCOUNTS.ben, `@openhands please grant wish ${lastIssue}`);
    const { identifier, body } = webhooks.deliveries.at(-1)!;
    return { issueId: issue.id, identifier, body };
  }

  /** Jira's rule: the same delivery again until it is answered. Any door will do, as behind a load balancer. */
  async function carry(parcel: Parcel): Promise<void> {
    for (;;) {
      const doors = processes.doors;
      const status = await knock(doors[Math.floor(random() * doors.length)]!, parcel);
      if (status === 200) return;
      if (status !== null && status < 500) throw new Error(`A delivery was answered with ${status}`);
      await pause(200);
    }
  }

  async function knock(door: ProcessPlace, { identifier, body }: Parcel): Promise<number | null> {
    const headers = { 'content-type': 'application/json', 'x-atlassian-webhook-identifier': identifier, 'x-hub-signature': sign(CREDENTIALS.webhookSecret, body) };
    const url = `${door.url}/integration/jira/connections/${connectionId}/events`;
    return fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) }).then((answer) => answer.status, () => null);
  }

  async function killAndRestart(moments: number[]): Promise<void> {
    const began = Date.now();
    for (const moment of moments) {
      await pause(began + moment - Date.now());
      const place = processes.places[Math.floor(random() * processes.places.length)]!;
      await place.kill();
      await place.start();
    }
  }

  async function expectOneOfEach(parcels: Parcel[]): Promise<void> {
    const issues = parcels.map((parcel) => parcel.issueId);
    await eventually(() => endedJobs(issues), (ended) => ended === issues.length, 'every trigger to be answered in its issue', PATIENCE_MS / 2);
    const { rows } = await database.query<Outcome>(OUTCOMES, [issues, parcels.map((parcel) => parcel.identifier)]);
    expect(rows).toEqual(issues.map((issueId) => ({ issueId, deliveries: 1, outcome: 'job started', jobs: 1, states: 'succeeded' })));
    const asked = stage.sandbox.openhands.conversations.filter((one) => issues.some((id) => titleOf(id) === one.title));
    expect(asked).toHaveLength(issues.length);
    expect(new Set(stage.sandbox.openhands.conversations.map((one) => one.id)).size).toBe(stage.sandbox.openhands.conversations.length);
    for (const issueId of issues) expect(commentsIn(issueId)).toEqual(['result', 'status']);
  }

  /** Jobs of these issues that are over and have told so. */
  async function endedJobs(issues: string[]): Promise<number> {
    const { rows } = await database.query<{ count: number }>(ENDED, [issues]);
    return rows[0]!.count;
  }

  function titleOf(issueId: string): string {
    const issue = stage.sandbox.jira.store.issue(issueId);
    return `${issue.key}: ${issue.summary}`;
  }

  /** Our comments by their mark: `job:<id>:status` and `job:<id>:result`. */
  function commentsIn(issueId: string): string[] {
    const marks = stage.ourComments(issueId).flatMap(({ raw }) => [...raw.properties.values()] as { key: string }[]);
    return marks.map((mark) => mark.key.split(':')[2] ?? mark.key).sort();
  }
});

interface Outcome {
  issueId: string;
  deliveries: number;
  outcome: string;
  jobs: number;
  states: string;
}

const OUTCOMES = `
  SELECT wanted.issue_id AS "issueId",
         (SELECT count(*)::int FROM deliveries d WHERE d.identifier = wanted.identifier) AS deliveries,
         (SELECT string_agg(d.outcome || ' ' || d.reason, ', ') FROM deliveries d WHERE d.identifier = wanted.identifier) AS outcome,
         (SELECT count(*)::int FROM jobs j WHERE j.issue_id = wanted.issue_id) AS jobs,
         (SELECT string_agg(j.state, ', ') FROM jobs j WHERE j.issue_id = wanted.issue_id) AS states
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (issue_id, identifier, place) ORDER BY place`;

const ENDED = `
  SELECT count(*)::int AS count FROM jobs j
  WHERE j.issue_id = ANY ($1::text[]) AND j.finished_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM issue_writes w WHERE w.job_id = j.id AND w.written_revision < w.revision AND w.gave_up_reason IS NULL)`;

/** Time that passes is what this story is about: deaths must fall between any two steps of a process. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Numbers between 0 and 1 that are the same for the same seed (the generator "mulberry32"). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
