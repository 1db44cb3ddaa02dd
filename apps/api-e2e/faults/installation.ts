/**
 * One installation for a test of faults: real processes on one PostgreSQL between the stand-ins, with people who are linked and a
 * connection that works. The test carries the deliveries to the doors itself, because it must know what was answered.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import type { CloudSite } from '../../../tools/sandbox/jira-cloud/site.ts';
import type { NewIssue } from '../../../tools/sandbox/jira-model.ts';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { Processes, type ProcessPlace, type Role } from '../src/processes.js';
import { ACCOUNTS, CREDENTIALS, Stage } from '../src/stage.js';
import { pause, randomNumbers } from './chance.js';
import type { Figures } from './figures.js';

/** What there is of what. */
export interface InstallationOptions {
  doors?: number;
  workers?: number;
  /** By how many steps the agent's work goes on with each look, which is every half a second or second; with 1 a job takes eight seconds. */
  stepsPerLook?: number;
  /** Environment of the processes, besides what every test has. */
  settings?: Record<string, string>;
}

/** A delivery as Jira holds it until it is answered. */
export interface Parcel {
  connectionId: string;
  /** Where its issue is. */
  site: CloudSite;
  issueId: string;
  issueKey: string;
  identifier: string;
  body: string;
  /** True when it asks for work. */
  asks: boolean;
  /** Answers with 200. */
  acknowledged: number;
}

/** How a door answered. */
export interface Answered {
  /** Null: the connection broke, or there was no answer in time. */
  status: number | null;
  ms: number;
  retryAfter: string | null;
  text: string;
}

/** What became of parcels: all of it must be zero, except `jobs` and `starts`. */
export interface Tally {
  acknowledged: number;
  /** Acknowledged, and no row. */
  lost: number;
  /** More than one row. */
  storedTwice: number;
  /** Acknowledged triggers that did not become exactly one finished job. */
  withoutJob: number;
  jobs: number;
  starts: number;
  /** Starts beyond the first of an issue, or with an id that was used before. */
  secondStarts: number;
  /** Acknowledged triggers whose issue does not hold exactly one status comment and one result. */
  wronglyTold: number;
  /** Processes that ended without being told to. */
  died: number;
}

/** Enough for the whole life of a job at the agent: what most rows are about happens before and after it. */
const AT_ONE_LOOK = 10;
/** Limits that no test of faults reaches. */
const WIDE_LIMITS = { JOBS_MAX_RUNNING: '10000', JOBS_MAX_RUNNING_PER_USER: '1000' };
const RESEND_MS = 200;

export class Installation {
  /** A connection of the test's own. */
  readonly database: pg.Pool;
  readonly random = randomNumbers();
  private lastIssue = 1000;
  private remarks = 0;

  private constructor(
    readonly stage: Stage,
    readonly processes: Processes,
    /** The administrator, who owns the connection. */
    readonly ada: Browser,
    readonly connectionId: string,
  ) {
    this.database = new pg.Pool({ connectionString: stage.database.url, max: 3 });
    this.database.on('error', () => undefined);
  }

  static async open({ doors = 2, workers = 2, stepsPerLook = AT_ONE_LOOK, settings = {} }: InstallationOptions = {}): Promise<Installation> {
    const roles: Role[] = [...Array.from({ length: doors }, () => 'api' as const), ...Array.from({ length: workers }, () => 'worker' as const)];
    let processes: Processes | undefined;
    const stage = await Stage.open({ ...WIDE_LIMITS, ...settings }, async (environment, databaseUrl, port) => (processes = await Processes.start(roles, environment, databaseUrl, port)));
    const ada = await stage.signIn('ada');
    const connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    stage.sandbox.jira.webhooks.hold();
    stage.sandbox.openhands.stepsPerLook = stepsPerLook;
    return new Installation(stage, processes!, ada, connectionId);
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.stage.close();
  }

  /** From now on the agent ends its work at the next look: what a row is about has happened, and the rest need not be waited for. */
  hurryAgent(): void {
    this.stage.sandbox.openhands.stepsPerLook = AT_ONE_LOOK;
  }

  get doors(): ProcessPlace[] {
    return this.processes.doors;
  }

  get workers(): ProcessPlace[] {
    return this.processes.workers;
  }

  /** A new issue with a comment that asks for work. */
  asks(text = '@openhands please grant this wish', fields: Partial<NewIssue> = {}): Parcel {
    const { store } = this.stage.sandbox.jira;
    this.lastIssue += 1;
    const issue = store.addIssue({ projectKey: 'SHOP', number: this.lastIssue, summary: `Wish ${this.lastIssue}`, description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben, ...fields });
    return this.wish(issue, text);
  }

  /** A further comment that asks for work in the issue of this parcel. */
  asksAgain({ issueKey }: Parcel, text: string): Parcel {
    return this.wish(this.stage.sandbox.jira.store.issue(issueKey), text);
  }

  private wish({ id: issueId, key: issueKey }: { id: string; key: string }, text: string): Parcel {
    const { webhooks } = this.stage.sandbox.jira;
    this.stage.comment(issueKey, ACCOUNTS.ben, text);
    const { identifier, body } = webhooks.deliveries.at(-1)!;
    // Nothing is sent by the stand-in here, so nothing of it needs to be kept.
    webhooks.deliveries.length = 0;
    webhooks.loseHeld();
    webhooks.hold();
    return { connectionId: this.connectionId, site: this.stage.sandbox.jira, issueId, issueKey, identifier, body, asks: true, acknowledged: 0 };
  }

  /** A comment of a person that does not address us, with a body of about so many bytes. */
  remark(bytes = 2000, connectionId = this.connectionId): Parcel {
    this.remarks += 1;
    const [id, issueId] = [String(900_000 + this.remarks), String(800_000 + (this.remarks % 5000))];
    const self = `https://${this.stage.sandbox.jira.host}/rest/api/2/issue/${issueId}`;
    const author = { accountId: ACCOUNTS.ben, displayName: 'Ben', active: true, accountType: 'atlassian' };
    const comment = { self: `${self}/comment/${id}`, id, author, body: `Remark ${this.remarks}. ${'It works for me. '.repeat(bytes / 17)}`, updateAuthor: author, jsdPublic: true };
    const issue = { id: issueId, self, key: `SHOP-9${issueId}`, fields: { summary: 'Much is said here', project: { id: '10001', key: 'SHOP', name: 'Shop' } } };
    const body = JSON.stringify({ timestamp: Date.now(), webhookEvent: 'comment_created', comment, issue, eventType: 'primaryAction' });
    return { connectionId, site: this.stage.sandbox.jira, issueId, issueKey: issue.key, identifier: randomUUID(), body, asks: false, acknowledged: 0 };
  }

  /** Deliveries of which so many in a hundred ask for work. */
  mixed(count: number, asking: number): Parcel[] {
    const every = Math.round(100 / asking);
    return Array.from({ length: count }, (_, index) => (index % every === 0 ? this.asks() : this.remark()));
  }

  /** Any door that is up, as behind a load balancer; any at all when none is. */
  anyDoor(): ProcessPlace {
    const up = this.doors.filter((door) => door.isUp);
    const open = up.length > 0 ? up : this.doors;
    return open[Math.floor(this.random() * open.length)]!;
  }

  /** Brings a delivery to a door, once. */
  async knock(parcel: Parcel, door = this.anyDoor(), secret: string = CREDENTIALS.webhookSecret): Promise<Answered> {
    const started = Date.now();
    const { path, headers } = requestOf(parcel, secret);
    try {
      const answer = await fetch(`${door.url}${path}`, { method: 'POST', headers, body: parcel.body, signal: AbortSignal.timeout(20_000) });
      const text = await answer.text();
      if (answer.status === 200) parcel.acknowledged += 1;
      return { status: answer.status, ms: Date.now() - started, retryAfter: answer.headers.get('retry-after'), text };
    } catch (error) {
      return { status: null, ms: Date.now() - started, retryAfter: null, text: `${String(error)} ${error instanceof Error && error.cause ? String(error.cause) : ''}` };
    }
  }

  /** Jira's rule: the same delivery again until it is answered. Gives every answer, the last one is 200. */
  async carry(parcel: Parcel): Promise<Answered[]> {
    const answers: Answered[] = [];
    for (;;) {
      const answer = await this.knock(parcel);
      answers.push(answer);
      if (answer.status === 200) return answers;
      if (answer.status !== null && answer.status < 500) throw new Error(`A delivery was answered with ${answer.status}: ${answer.text}`);
      await pause(RESEND_MS);
    }
  }

  /** Waits until every trigger has its job, the job is over, and the issue was told. */
  async settled(parcels: Parcel[], patienceMs = 400_000): Promise<void> {
    const issues = parcels.filter((one) => one.asks && one.acknowledged > 0).map((one) => one.issueId);
    const over = async (): Promise<number> => (await this.database.query<{ count: number }>(OVER, [issues])).rows[0]!.count;
    await eventually(over, (count) => count >= issues.length, `${issues.length} triggers to be answered in their issues`, patienceMs).catch(async (error: Error) => {
      const { rows } = await this.database.query(WHERE_THEY_ARE, [issues]);
      throw new Error(`${error.message}\n${rows.map((row) => JSON.stringify(row)).join('\n')}`);
    });
  }

  /** Counts what became of parcels. */
  async tally(parcels: Parcel[]): Promise<Tally> {
    const acknowledged = parcels.filter((one) => one.acknowledged > 0);
    const asking = acknowledged.filter((one) => one.asks);
    const rows = await this.countBy('SELECT identifier AS key, count(*)::int AS count FROM deliveries WHERE identifier = ANY($1::text[]) GROUP BY 1', parcels.map((one) => one.identifier));
    const jobs = await this.countBy('SELECT issue_id AS key, count(*)::int AS count FROM jobs WHERE issue_id = ANY($1::text[]) GROUP BY 1', asking.map((one) => one.issueId));
    const finished = await this.countBy(`SELECT issue_id AS key, count(*)::int AS count FROM jobs WHERE issue_id = ANY($1::text[]) AND state = 'succeeded' GROUP BY 1`, asking.map((one) => one.issueId));
    const starts = this.startsByIssue();
    const started = asking.map((one) => starts.get(one.issueKey) ?? 0);
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((one) => !rows.has(one.identifier)).length,
      storedTwice: [...rows.values()].filter((count) => count > 1).length,
      withoutJob: asking.filter((one) => jobs.get(one.issueId) !== 1 || finished.get(one.issueId) !== 1).length,
      jobs: [...jobs.values()].reduce((sum, count) => sum + count, 0),
      starts: started.reduce((sum, count) => sum + count, 0),
      secondStarts: started.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      wronglyTold: asking.filter((one) => told(one).join() !== 'result,status').length,
      died: this.processes.places.reduce((sum, place) => sum + place.endedByThemselves, 0),
    };
  }

  /** Tells the figures that every row has in common: nothing lost, nothing twice, everything told once. */
  async expectOneOfEach(figures: Figures, parcels: Parcel[]): Promise<Tally> {
    const tally = await this.tally(parcels);
    figures.exactly('acknowledged', tally.acknowledged, parcels.length);
    figures.exactly('lost', tally.lost, 0);
    figures.exactly('stored twice', tally.storedTwice, 0);
    figures.exactly('triggers without exactly one finished job', tally.withoutJob, 0);
    figures.exactly('agent starts', tally.starts, parcels.filter((one) => one.asks).length);
    figures.exactly('second starts', tally.secondStarts, 0);
    figures.exactly('issues not told exactly once', tally.wronglyTold, 0);
    figures.exactly('processes that ended by themselves', tally.died, 0);
    return tally;
  }

  /** How often the agent was asked to start, by issue. */
  startsByIssue(): Map<string, number> {
    const starts = new Map<string, number>();
    for (const { request } of this.stage.sandbox.openhands.conversations) {
      const key = /[A-Z]+-\d+/.exec(JSON.stringify(request))?.[0] ?? 'unknown';
      starts.set(key, (starts.get(key) ?? 0) + 1);
    }
    return starts;
  }

  private async countBy(sql: string, keys: string[]): Promise<Map<string, number>> {
    const { rows } = await this.database.query<{ key: string; count: number }>(sql, [keys]);
    return new Map(rows.map((row) => [row.key, row.count]));
  }
}

/** Where Jira sends a delivery, and with what. */
export function requestOf({ connectionId, identifier, body }: Parcel, secret: string = CREDENTIALS.webhookSecret): { path: string; headers: Record<string, string> } {
  const headers = { 'content-type': 'application/json', 'x-atlassian-webhook-identifier': identifier, 'x-hub-signature': sign(secret, body) };
  return { path: `/integration/jira/connections/${connectionId}/events`, headers };
}

/** Head and body of a request as they go through the socket. */
export function wholeRequest(parcel: Parcel): Buffer {
  const { path, headers } = requestOf(parcel);
  const head = Object.entries({ host: 'localhost', ...headers, 'content-length': String(Buffer.byteLength(parcel.body)) }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${parcel.body}`);
}

/** Our comments in an issue by their mark: `result`, `status`. */
function told({ site, issueKey }: Parcel): string[] {
  const ours = site.store.issue(issueKey).comments.filter((one) => one.authorId === site.serviceTokens[0]!.accountId);
  const marks = ours.flatMap((comment) => [...comment.properties.values()] as { key: string }[]);
  return marks.map((mark) => mark.key.split(':')[2] ?? mark.key).sort();
}

/** What keeps triggers from their end. */
const WHERE_THEY_ARE = `
  SELECT d.outcome, d.reason, d.detail, j.state, j.failure, count(*)::int AS count FROM deliveries d LEFT JOIN jobs j ON j.id = d.job_id
  WHERE d.issue_id = ANY ($1::text[]) GROUP BY 1, 2, 3, 4, 5 ORDER BY count DESC LIMIT 10`;

/** Jobs of these issues that are over and have told so. */
const OVER = `
  SELECT count(*)::int AS count FROM jobs j
  WHERE j.issue_id = ANY ($1::text[]) AND j.finished_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM issue_writes w WHERE w.job_id = j.id AND w.written_revision < w.revision AND w.gave_up_reason IS NULL)`;
