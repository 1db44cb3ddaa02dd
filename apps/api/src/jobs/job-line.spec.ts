import { jest } from '@jest/globals';
import { eventually } from '../../../../tools/sandbox/waiting.ts';
import { JobsBench } from '../testing/jobs-bench.js';
import { Agent } from './agent.js';
import { AgentKeys } from './agent-keys.js';
import { Runs } from './runs.service.js';
import type { JobEntity } from './jobs.entity.js';

const MINUTE = 60_000;

describe('A job, from an accepted request to its end', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  it('starts the agent once, tells the state in one comment and the result in another', async () => {
    const job = await bench.add();
    await bench.write();
    const status = `job:${job.id}:status`;
    expect(bench.jira.textOf(status)).toContain('OpenHands is starting on this issue.');
    expect((await bench.job(job.id)).acknowledgedAt).not.toBeNull();

    await bench.startUp(job.id);
    const running = await bench.followUntil(job.id, (one) => one.state === 'running');
    expect(running.conversationUrl).toBe(`${bench.agentUrl}/conversations/${running.conversationId!.replaceAll('-', '')}`);
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

  it('ends at the time limit also when the key that it runs under cannot be opened any more', async () => {
    bench.agent.play('runs-for-ever');
    bench.ownKeys.set(bench.userId, bench.credentials.openhandsKeyOfBen);
    const job = await bench.add();
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.state === 'running');
    const keyOf = jest.spyOn(bench.get(AgentKeys), 'keyOf').mockRejectedValue(new Error('The value was sealed with a key that is not there'));
    await bench.tick();
    expect((await bench.job(job.id)).state).toBe('running');
    bench.clock.advance(120 * MINUTE);
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'failed', failure: 'agent_unreachable' });
    keyOf.mockRestore();
  });

  it('is looked at by another process at once when this one stops in the middle of a look', async () => {
    bench.agent.play('runs-for-ever');
    const jobs = await Promise.all([1, 2, 3].map(async (number) => (await bench.db.transaction((manager) => bench.jobs.add(manager, bench.onIssue(number)))).job));
    for (const job of jobs) await bench.startUp(job.id);
    await bench.db.query(`UPDATE job_runs SET next_poll_at = now()`);
    const [runs, stopping] = [bench.get(Runs), bench.anotherFollower()];
    // The claim holds for minutes, and the process is told to stop right after it.
    const claimDue = runs.claimDue.bind(runs);
    jest.spyOn(runs, 'claimDue').mockImplementationOnce(async (...values) => {
      const claimed = await claimDue(...values);
      await bench.db.query(`UPDATE job_runs SET next_poll_at = now() + interval '5 minutes'`);
      stopping.stop();
      return claimed;
    });
    bench.agent.advance(10);
    expect(await stopping.tick()).toBe(3);
    const due = await bench.db.query<unknown[]>('SELECT id FROM job_runs WHERE next_poll_at <= now()');
    expect(due).toHaveLength(3);
  });

  it.each<[script: string, end: Partial<JobEntity>]>([
    ['message', { state: 'succeeded', resultText: 'Which currency should I use?' }],
    ['finish-flips-back', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['paused-after-finish', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['finished-and-paused-unseen', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['paused-mid-run', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['missing-after-finish', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['unreachable-for-a-moment', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['late-text', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['noisy', { state: 'succeeded', resultText: 'Finished after all.' }],
    ['error', { state: 'failed', failure: 'agent_model_key_invalid' }],
    ['error-without-classification', { state: 'failed', failure: 'agent_quota_exceeded' }],
    ['paused-mid-run-then-error', { state: 'failed', failure: 'agent_error' }],
    ['stuck', { state: 'failed', failure: 'agent_stuck' }],
    ['missing', { state: 'failed', failure: 'agent_sandbox_missing' }],
    ['sandbox-error', { state: 'failed', failure: 'agent_sandbox_error' }],
    ['start-error', { state: 'failed', failure: 'agent_start_failed' }],
    ['deleting', { state: 'cancelled', cancelReason: 'stopped_at_agent' }],
  ])('ends as it should when the agent plays "%s"', async (script, end) => {
    bench.agent.play(script);
    const job = await bench.add();
    expect(await bench.run(job.id)).toMatchObject(end);
    await bench.write();
    expect(bench.jira.comments.filter((comment) => comment.mark.kind.startsWith('result.'))).toHaveLength(1);
  });

  it.each<[script: string, minutes: number, end: Partial<JobEntity>]>([
    ['idle-for-ever', 5, { state: 'failed', failure: 'agent_idle' }],
    ['runs-for-ever', 120, { state: 'failed', failure: 'time_limit' }],
    ['paused-in-ui', 120, { state: 'failed', failure: 'time_limit' }],
    ['start-stuck', 20, { state: 'failed', failure: 'agent_start_timeout' }],
    ['gone', 1, { state: 'cancelled', cancelReason: 'stopped_at_agent' }],
    ['finish-without-text', 2, { state: 'succeeded', resultText: null }],
  ])('"%s" comes to an end after %i minutes, not before', async (script, minutes, end) => {
    bench.agent.play(script);
    const job = await bench.add();
    await bench.startUp(job.id);
    for (let round = 0; round < 15; round += 1) await bench.tick();
    bench.clock.advance((minutes - 0.5) * MINUTE);
    for (let round = 0; round < 3; round += 1) await bench.tick();
    expect((await bench.job(job.id)).finishedAt).toBeNull();
    bench.clock.advance(MINUTE);
    expect(await bench.followToEnd(job.id)).toMatchObject(end);
  });

  it('waits five minutes for a machine that was woken, which takes its time', async () => {
    bench.agent.play('runs-for-ever');
    const job = await bench.add();
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.state === 'running');
    const conversation = bench.agent.conversations.at(-1)!;
    const wakes = (): number => bench.agent.standIn.calls.filter((call) => call.path.endsWith('/resume')).length;
    for (const minutes of [0, 2, 2.5]) {
      bench.clock.advance(minutes * MINUTE);
      conversation.force('PAUSED', null);
      await bench.tick();
      expect(await bench.job(job.id)).toMatchObject({ state: 'running' });
      expect(wakes()).toBe(1);
    }
    bench.clock.advance(MINUTE);
    conversation.force('PAUSED', null);
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'failed', failure: 'agent_suspended' });
  });

  it('tells when the agent waits for a person, and when it was paused in its own page', async () => {
    bench.agent.play('waiting');
    const job = await bench.add();
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.mark === 'needs_input');
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:status`)).toContain('waits for a confirmation');
    bench.agent.conversations.at(-1)!.force('RUNNING', 'paused');
    await bench.followUntil(job.id, (one) => one.mark === 'suspended');
    bench.agent.conversations.at(-1)!.force('RUNNING', 'running');
    await bench.followUntil(job.id, (one) => one.mark === null);
    expect(await bench.timeline(job.id)).toEqual(['accepted', 'starting', 'running', 'needs_input', 'suspended']);
  });

  it('asks in a comment of its own where edits cannot be told from each other by mail', async () => {
    bench.jira.can = { ...bench.jira.can, quietEdits: { yes: false, reason: 'Data Center has no such switch' } };
    bench.agent.play('waiting');
    const job = await bench.add();
    await bench.write();
    await bench.startUp(job.id);
    await bench.followUntil(job.id, (one) => one.mark === 'needs_input');
    await bench.write();
    expect(bench.jira.comments.map((comment) => comment.mark.key)).toEqual([`job:${job.id}:status`, `job:${job.id}:needs_input:1`]);
    expect(bench.jira.comments[0]!.edits).toEqual([]);
  });

  it('writes nothing into the issue when nobody can tell who may read the answer', async () => {
    const job = await bench.run((await bench.add({ audience: { visibility: { type: 'unknown', value: '' }, internal: false } })).id);
    expect(job.state).toBe('succeeded');
    await bench.write();
    expect([bench.jira.comments, bench.jira.links, bench.jira.reactions]).toEqual([[], [], []]);
    const rows = (await bench.db.query('SELECT DISTINCT gave_up_reason FROM issue_writes WHERE job_id = $1', [job.id])) as object[];
    expect(rows).toEqual([{ gave_up_reason: 'audience_unknown' }]);
  });

  it('goes on in the earlier conversation of the same person, waking its machine', async () => {
    const first = await bench.run((await bench.add()).id);
    bench.agent.conversation(first.conversationId!).pauseSandbox();
    expect(bench.jobs.continuable(await bench.jobs.lastOf(bench.connectionId, '10012'), bench.userId, first.repository)?.id).toBe(first.id);
    const second = await bench.run((await bench.add({ continuesJobId: first.id })).id);
    expect(second.conversationId).toBe(first.conversationId);
    expect(second.resultText).toBe('I did what you asked: There is a new comment on SHOP-12.');
    await bench.write();
    expect(bench.starts()).toBe(1);
  });

  it('begins afresh and says so when the earlier conversation is gone', async () => {
    const first = await bench.run((await bench.add()).id);
    bench.agent.conversation(first.conversationId!).deleted = true;
    const job = await bench.add({ continuesJobId: first.id });
    await bench.startUp(job.id);
    const second = await bench.followUntil(job.id, (one) => one.state === 'running');
    expect(second.conversationId).not.toBe(first.conversationId);
    await bench.write();
    expect(bench.jira.textOf(`job:${job.id}:status`)).toContain('a fresh one, because the earlier one is gone');
    expect((await bench.followToEnd(job.id)).state).toBe('succeeded');
  });

  it('goes on only for the same person and repository, within seven days', async () => {
    const first = await bench.run((await bench.add()).id);
    const other = await bench.addUser('Ben Builder');
    const continuable = async (userId: string, repository = first.repository): Promise<string | undefined> => bench.jobs.continuable(await bench.jobs.lastOf(bench.connectionId, '10012'), userId, repository)?.id;
    expect(await continuable(other)).toBeUndefined();
    expect(await continuable(bench.userId, null)).toBeUndefined();
    expect(await continuable(bench.userId)).toBe(first.id);
    bench.clock.advance(7 * 24 * 60 * MINUTE);
    expect(await continuable(bench.userId)).toBeUndefined();
  });

  it('runs under the key of the person who has one', async () => {
    bench.ownKeys.set(bench.userId, bench.credentials.openhandsKeyOfBen);
    const job = await bench.run((await bench.add()).id);
    expect(job.state).toBe('succeeded');
    const [run] = (await bench.db.query('SELECT agent_account FROM job_runs WHERE job_id = $1', [job.id])) as [{ agent_account: string }];
    expect(run.agent_account).toBe(bench.userId);
  });
});

describe('A running job whose agent cannot be asked', () => {
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

  it.each([503, 404, 429])('goes on when the answers (%i) become good again', async (status) => {
    const job = await running();
    bench.agent.standIn.faults.add({ effect: { kind: 'status', status }, times: 10 });
    for (let round = 0; round < 10; round += 1) await bench.tick();
    bench.agent.conversation(job.conversationId!).force('RUNNING', 'finished', [{ kind: 'MessageEvent', source: 'agent', llm_message: { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] } }]);
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'succeeded', resultText: 'Done.' });
  });

  it('holds up no other job of its account while the agent is slow to answer about it', async () => {
    bench.agent.play('runs-for-ever');
    const jobs = [];
    for (const number of [1, 2]) {
      const job = await bench.add(bench.onIssue(number));
      await bench.startUp(job.id);
      jobs.push(await bench.followUntil(job.id, (one) => one.state === 'running'));
    }
    const [slow, quick] = jobs as [JobEntity, JobEntity];
    for (const { conversationId } of jobs) bench.agent.conversation(conversationId!).force('RUNNING', 'finished', [{ kind: 'MessageEvent', source: 'agent', llm_message: { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] } }]);
    const agent = bench.get(Agent);
    const { lastWords } = agent;
    const answer = Promise.withResolvers<void>();
    const late = jest.spyOn(agent, 'lastWords').mockImplementation(async (account, id, after) => {
      if (id === slow.conversationId) await answer.promise;
      return lastWords.call(agent, account, id, after);
    });
    // An end counts when it was seen twice.
    const looking = bench.tick().then(() => bench.tick());
    await eventually(() => bench.job(quick.id), (job) => job.state === 'succeeded', 'the end of the other job');
    expect((await bench.job(slow.id)).state).toBe('running');
    answer.resolve();
    await looking;
    late.mockRestore();
    expect((await bench.followToEnd(slow.id)).state).toBe('succeeded');
  });

  it('ends when the key is refused again and again', async () => {
    const job = await running();
    bench.agent.accounts.removeKey(bench.credentials.openhandsKey);
    for (let round = 0; round < 2; round += 1) await bench.tick();
    expect((await bench.job(job.id)).state).toBe('running');
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'failed', failure: 'agent_key_rejected' });
    bench.agent.accounts.addKey('u-installation', bench.credentials.openhandsKey);
  });

  it('ends at its time limit, and says that the agent did not answer', async () => {
    const job = await running();
    bench.agent.standIn.faults.add({ effect: { kind: 'status', status: 502 }, times: 1000 });
    await bench.tick();
    bench.clock.advance(120 * MINUTE);
    expect(await bench.followToEnd(job.id)).toMatchObject({ state: 'failed', failure: 'agent_unreachable' });
    expect(await bench.write()).toBe('done');
    expect(bench.jira.commentOf(`job:${job.id}:result`)).toBeDefined();
  });
});
