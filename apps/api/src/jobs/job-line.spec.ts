import { JobsBench } from '../testing/jobs-bench.js';

describe('A job, from an accepted request to its result', () => {
  const bench = new JobsBench();

  beforeAll(() => bench.start());

  afterAll(() => bench.close());

  beforeEach(async () => {
    await bench.db.query('TRUNCATE jobs, job_runs, job_events, job_notes, issue_writes CASCADE');
    bench.jira.comments = [];
    bench.jira.links = [];
  });

  it('starts the agent once, tells the state in one comment and the result in another', async () => {
    const job = await bench.add();
    await bench.write();
    const status = `job:${job.id}:status`;
    expect(bench.jira.textOf(status)).toContain('OpenHands is starting on this issue.');
    expect((await bench.job(job.id)).acknowledgedAt).not.toBeNull();

    await bench.startUp(job.id);
    const running = await bench.followUntil(job.id, (one) => one.state === 'running');
    expect(running.conversationUrl).toBe(`${bench.sandbox.urls.openhands}/conversations/${running.conversationId!.replaceAll('-', '')}`);
    await bench.write();
    expect(bench.jira.textOf(status)).toContain('OpenHands is working on this issue.');

    const ended = await bench.followToEnd(job.id);
    expect(ended.state).toBe('succeeded');
    expect(ended.pullRequests).toEqual([expect.stringContaining('/Acme/web-app/pull/7')]);
    await bench.write();
    expect(bench.jira.comments.map((comment) => comment.mark.kind)).toEqual(['status.working', 'result.succeeded']);
    expect(bench.jira.textOf(status)).toContain('Finished');
    expect(bench.jira.textOf(`job:${job.id}:result`)).toContain('All tests pass. Please review it.');
    expect(bench.jira.links.map((link) => [link.title, link.resolved])).toEqual([['OpenHands', true], ['Pull request: Acme/web-app/pull/7', false]]);
    expect(bench.starts()).toBe(1);
    expect(await bench.timeline(job.id)).toEqual(['accepted', 'starting', 'running', 'succeeded']);
  });
});
