import { JobsBench } from '../testing/jobs-bench.js';
import { JobLimits } from './job-limits.js';
import type { JobEntity } from './jobs.entity.js';

describe('The limits of running jobs', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start({ JOBS_MAX_RUNNING: '2', JOBS_MAX_RUNNING_PER_USER: '1' }));
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  async function queuedEntries(): Promise<string[]> {
    const rows = (await bench.db.query(`SELECT data->>'jobId' AS id FROM queue.job WHERE name = 'start-job' ORDER BY created_on`)) as { id: string }[];
    return rows.map((row) => row.id);
  }

  async function start(job: JobEntity): Promise<string> {
    await bench.startOnce(job.id);
    return (await bench.job(job.id)).state;
  }

  it('let a second job of one person wait, say so, and start it when the first has ended', async () => {
    const first = await bench.add(bench.onIssue(1));
    const second = await bench.add(bench.onIssue(2));
    expect([await start(first), await start(second)]).toEqual(['starting', 'queued']);
    await bench.write('20002');
    expect(bench.jira.textOf(`job:${second.id}:status`)).toContain('waiting at position 1');
    await bench.db.query('DELETE FROM queue.job');
    await bench.followToEnd(first.id);
    expect(await queuedEntries()).toEqual([second.id]);
    expect(await start(second)).toBe('starting');
  });

  it('hold for the whole installation, in the order of the requests', async () => {
    const people = await Promise.all(['B', 'C', 'D'].map((name) => bench.addUser(name)));
    const jobs: JobEntity[] = [];
    for (const [index, userId] of [bench.userId, ...people].entries()) jobs.push(await bench.add(bench.onIssue(index, { userId })));
    const [one, two, three, four] = jobs as [JobEntity, JobEntity, JobEntity, JobEntity];
    expect([await start(one), await start(two), await start(four), await start(three)]).toEqual(['starting', 'starting', 'queued', 'queued']);
    await bench.cancel(one.id);
    // The fourth comes first, but it is not its turn.
    expect([await start(four), await start(three)]).toEqual(['queued', 'starting']);
    expect(await bench.timeline(four.id)).toEqual(['accepted', 'queued']);
  });

  it('are not passed by jobs that start at the same moment', async () => {
    const people = await Promise.all(['B', 'C', 'D', 'E'].map((name) => bench.addUser(name)));
    const jobs = await Promise.all(people.map((userId, index) => bench.add(bench.onIssue(index, { userId }))));
    await Promise.all(jobs.map((job) => bench.startOnce(job.id)));
    const states = await Promise.all(jobs.map(async (job) => (await bench.job(job.id)).state));
    expect(states.filter((state) => state === 'starting')).toHaveLength(2);
  });

  it('wake no job that is in the queue anyway', async () => {
    const [first, second] = [await bench.add(bench.onIssue(1)), await bench.add(bench.onIssue(2))];
    expect(await start(first)).toBe('starting');
    await bench.followToEnd(first.id);
    await bench.db.transaction((manager) => bench.get(JobLimits).wakeWaiting(manager));
    expect((await queuedEntries()).filter((id) => id === second.id)).toHaveLength(1);
  });

  it('wake a waiting job also when its entry was lost', async () => {
    const job = await bench.add();
    await bench.db.query('DELETE FROM queue.job');
    await bench.db.transaction((manager) => bench.get(JobLimits).wakeWaiting(manager));
    expect(await queuedEntries()).toEqual([job.id]);
  });
});
