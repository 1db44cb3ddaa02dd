import { JobsBench } from '../testing/jobs-bench.js';
import type { JobEntity } from './jobs.entity.js';

const MINUTE = 60_000;

describe('Instructions for a running job', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  async function running(): Promise<JobEntity> {
    bench.agent.play('runs-for-ever');
    const job = await bench.add();
    await bench.startUp(job.id);
    return bench.followUntil(job.id, (one) => one.state === 'running');
  }

  it('are passed on once, also when the answer of the agent gets lost', async () => {
    const job = await running();
    expect(await bench.addNote(job.id, 'Please use euros.')).toBe('added');
    bench.agent.standIn.faults.add({ effect: { kind: 'lost-answer' }, path: '/send-message' });
    expect(await bench.passOnNotes(job.id)).toBe('waits');
    expect(await bench.passOnNotes(job.id)).toBe('done');
    expect(bench.userMessages(job.conversationId!)).toEqual(['Please use euros.']);
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:status`)).toContain('Note from Ben Builder passed on');
  });

  it('are heard before the job ends with success, and the result answers them', async () => {
    const job = await running();
    await bench.addNote(job.id, 'Please use euros.');
    bench.agent.conversation(job.conversationId!).force('RUNNING', 'finished', [{ kind: 'MessageEvent', source: 'agent', llm_message: { role: 'assistant', content: [{ type: 'text', text: 'Too early.' }] } }]);
    for (let round = 0; round < 4; round += 1) await bench.tick();
    expect((await bench.job(job.id)).state).toBe('running');
    expect(await bench.passOnNotes(job.id)).toBe('done');
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'succeeded', resultText: 'I did what you asked: Please use euros.' });
  });

  it('that come before the agent is ready wait for it', async () => {
    bench.agent.play('runs-for-ever');
    const job = await bench.add();
    await bench.addNote(job.id, 'Please use euros.');
    expect(await bench.passOnNotes(job.id)).toBe('done');
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.state === 'running');
    await bench.passOnNotes(job.id);
    expect(bench.userMessages(job.conversationId ?? (await bench.job(job.id)).conversationId!)).toEqual(['Please use euros.']);
  });

  it('that never reach the agent are told in the status comment, and in the result', async () => {
    const job = await running();
    await bench.addNote(job.id, 'Please use euros.');
    bench.agent.conversation(job.conversationId!).force('STARTING', null);
    expect(await bench.passOnNotes(job.id)).toBe('waits');
    bench.clock.advance(10 * MINUTE);
    expect(await bench.passOnNotes(job.id)).toBe('done');
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:status`)).toMatch(/Note from Ben Builder of \d\d:\d\d UTC could not be passed on to the agent\. Please comment again with @openhands/);
    await bench.cancel(job.id);
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:result`)).toContain('Not passed on to the agent: words of Ben Builder');
  });

  it('that are still waiting at the end are told in the result', async () => {
    const job = await running();
    await bench.addNote(job.id, 'Please use euros.');
    await bench.cancel(job.id);
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:result`)).toContain('Not passed on to the agent: words of Ben Builder');
    expect(await bench.timeline(job.id)).toEqual(['accepted', 'starting', 'running', 'note_accepted', 'note_not_passed_on', 'cancelled']);
  });

  it('are taken once per delivery, and not by a job that is over', async () => {
    const job = await running();
    const deliveryId = '01990000-0000-7000-8000-000000000001';
    expect(await bench.addNote(job.id, 'Please use euros.', deliveryId)).toBe('added');
    expect(await bench.addNote(job.id, 'Please use euros.', deliveryId)).toBe('repeated');
    await bench.cancel(job.id);
    expect(await bench.addNote(job.id, 'Too late.')).toBe('over');
  });
});

describe('Stopping a job', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  it('tells people at once and stops the agent', async () => {
    bench.agent.play('runs-for-ever');
    const job = await bench.add();
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.state === 'running');
    expect(await bench.cancel(job.id)).toBe(true);
    expect(await bench.job(job.id)).toMatchObject({ state: 'cancelled', cancelReason: 'stopped_by_person', cancelledBy: 'Ben Builder' });
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:result`)).toContain('the job was stopped by Ben Builder.');
    await bench.tick();
    expect(bench.agent.conversations[0]!.frame.execution).toBe('paused');
    expect(await bench.cancel(job.id)).toBe(false);
  });

  it('reaches an agent that was still preparing', async () => {
    bench.agent.play('runs-for-ever');
    const job = await bench.add();
    await bench.startUp(job.id);
    await bench.cancel(job.id);
    await bench.untilRunsAreOver(job.id);
    expect(bench.agent.conversations[0]!.frame.execution).toBe('paused');
  });

  it('lets nothing start when it comes before the agent was asked', async () => {
    const job = await bench.add();
    await bench.cancel(job.id);
    expect(await bench.startOnce(job.id)).toBe('done');
    expect(bench.starts()).toBe(0);
  });

  it('ends all jobs of a connection that was removed, and the queued job of a deleted comment', async () => {
    const one = await bench.add();
    const two = await bench.add(bench.onIssue(2, { commentId: '777' }));
    await bench.db.transaction((manager) => bench.jobs.cancelQueuedByComment(manager, bench.connectionId, '777'));
    await bench.jobs.cancelByConnection(bench.connectionId);
    expect(await bench.job(two.id)).toMatchObject({ state: 'cancelled', cancelReason: 'comment_deleted' });
    expect(await bench.job(one.id)).toMatchObject({ state: 'cancelled', cancelReason: 'connection_removed' });
  });

  it('writes nothing into a deleted issue', async () => {
    const job = await bench.add();
    await bench.write();
    await bench.db.transaction((manager) => bench.jobs.cancelByIssue(manager, bench.connectionId, '10012'));
    await bench.write();
    expect(await bench.job(job.id)).toMatchObject({ state: 'cancelled', cancelReason: 'issue_deleted' });
    expect(bench.jira.comments).toHaveLength(1);
  });
});
