import type { Caller } from '../security/access.js';
import { JobsBench } from '../testing/jobs-bench.js';
import { Agent } from './agent.js';
import { JobLog } from './job-log.service.js';

const UNKNOWN = '01990000-0000-7000-8000-00000000abcd';

describe('Adding a job', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  it('makes one job of one trigger, however often it is asked', async () => {
    const wanted = bench.newJob();
    const add = () => bench.db.transaction((manager) => bench.jobs.add(manager, wanted));
    const answers = await Promise.all([add(), add(), add()]);
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['added', 'exists', 'exists']);
    expect(new Set(answers.map((answer) => answer.job.id)).size).toBe(1);
  });

  it('makes one active job per issue, also when two requests race', async () => {
    const add = () => bench.db.transaction((manager) => bench.jobs.add(manager, bench.newJob()));
    const answers = await Promise.all([add(), add()]);
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['active', 'added']);
  });

  it('leaves nothing behind when the transaction is rolled back', async () => {
    await expect(bench.db.transaction(async (manager) => {
      await bench.jobs.add(manager, bench.newJob());
      throw new Error('rolled back');
    })).rejects.toThrow('rolled back');
    const [row] = await bench.db.query(`SELECT (SELECT count(*) FROM jobs)::int AS jobs, (SELECT count(*) FROM issue_writes)::int AS writes, (SELECT count(*) FROM queue.job)::int AS entries`);
    expect(row).toEqual({ jobs: 0, writes: 0, entries: 0 });
  });

  it('stores texts that the database would refuse as they are', async () => {
    const job = await bench.add({ prompt: 'a\0b\ud800c' });
    expect((await bench.job(job.id)).prompt).toBe('ab\ufffdc');
  });

  it('counts the jobs of an issue since a time', async () => {
    const since = new Date(Date.now() - 3_600_000);
    const job = await bench.add();
    await bench.cancel(job.id);
    await bench.add();
    expect(await bench.jobs.countSince(bench.connectionId, '10012', since)).toBe(2);
    expect(await bench.jobs.countSince(bench.connectionId, '10013', since)).toBe(0);
  });

  it('does not start when whoever asked is not linked any more, and says so', async () => {
    const job = await bench.add();
    await bench.db.query('DELETE FROM links');
    expect(await bench.startOnce(job.id)).toBe('done');
    expect(await bench.job(job.id)).toMatchObject({ state: 'cancelled', cancelReason: 'stopped_by_person' });
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:result`)).toContain('the job was stopped by the end of the link of the person who asked.');
    expect(bench.starts()).toBe(0);
    await bench.link(bench.connectionId, bench.userId);
  });

  it('fails with a reason when there is no key for the agent, and when the agent refuses it', async () => {
    bench.ownKeys.set(bench.userId, 'not-a-key');
    expect(await bench.run((await bench.add()).id)).toMatchObject({ state: 'failed', failure: 'agent_key_rejected' });
    expect(await bench.get(Agent).checkKey('not-a-key')).toBe('rejected');
    expect(await bench.get(Agent).checkKey(bench.credentials.openhandsKey)).toBe('ok');
  });
});

describe('Jobs for people', () => {
  const bench = new JobsBench();
  let ownId: string;
  let strangerId: string;
  let log: JobLog;

  beforeAll(async () => {
    await bench.start();
    log = bench.get(JobLog);
    ownId = await bench.addUser('Ben Builder');
    strangerId = await bench.addUser('Dora Different');
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  const caller = (userId: string | null, isAdmin = false): Caller => ({ userId, isAdmin, via: 'session' });

  it('are seen by their person, by the owner of the connection and by administrators', async () => {
    const job = await bench.add({ userId: ownId });
    const seenBy = async (who: Caller): Promise<string[]> => (await log.list(who, { limit: 25 })).items.map((item) => item.id);
    expect(await seenBy(caller(ownId))).toEqual([job.id]);
    expect(await seenBy(caller(bench.userId))).toEqual([job.id]);
    expect(await seenBy(caller(null, true))).toEqual([job.id]);
    expect(await seenBy(caller(strangerId))).toEqual([]);
    for (const call of [() => log.detail(caller(strangerId), job.id), () => log.cancel(caller(strangerId), job.id), () => log.detail(caller(ownId), UNKNOWN)]) {
      await expect(call()).rejects.toMatchObject({ status: 404, code: 'not_found' });
    }
  });

  it('come newest first, in pages, by state and by issue', async () => {
    const ids: string[] = [];
    for (let number = 1; number <= 5; number += 1) ids.unshift((await bench.add(bench.onIssue(number))).id);
    await bench.cancel(ids[0]!);
    const owner = caller(bench.userId);
    const first = await log.list(owner, { limit: 2 });
    const second = await log.list(owner, { limit: 2, cursor: first.nextCursor! });
    const third = await log.list(owner, { limit: 2, cursor: second.nextCursor! });
    expect([...first.items, ...second.items, ...third.items].map((item) => item.id)).toEqual(ids);
    expect(third.nextCursor).toBeNull();
    expect((await log.list(owner, { limit: 25, state: 'cancelled' })).items.map((item) => item.id)).toEqual([ids[0]]);
    expect((await log.list(owner, { limit: 25, issueKey: 'SHOP-2' })).items).toHaveLength(1);
    await expect(log.list(owner, { limit: 2, cursor: 'x' })).rejects.toMatchObject({ status: 400 });
  });

  it('show their runs, comments and timeline', async () => {
    const job = await bench.add();
    await bench.run(job.id);
    await bench.write();
    const detail = await log.detail(caller(bench.userId), job.id);
    expect(detail).toMatchObject({ state: 'succeeded', requestedBy: { userId: bench.userId, name: 'Ada Admin' }, runs: [{ number: 1, state: 'succeeded' }], comments: [{ kind: 'status', state: 'written' }, { kind: 'result', state: 'written' }] });
    expect(detail.timeline.map((event) => event.kind)).toEqual(['accepted', 'starting', 'running', 'succeeded']);
  });

  it('can be cancelled once', async () => {
    const job = await bench.add();
    const owner = caller(bench.userId);
    expect(await log.cancel(owner, job.id)).toEqual({ jobId: job.id });
    expect((await bench.job(job.id)).cancelledBy).toBe('Ada Admin');
    await expect(log.cancel(owner, job.id)).rejects.toMatchObject({ status: 409, code: 'not_cancellable' });
  });
});
