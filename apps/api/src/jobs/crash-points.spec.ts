import { jest } from '@jest/globals';
import { IssueWriter } from '../comments/issue-writer.js';
import { WriteToJira } from '../comments/write-to-jira.js';
import { JobsBench } from '../testing/jobs-bench.js';
import { Agent } from './agent.js';
import { JobAdmission } from './job-admission.js';
import { JobEndings } from './job-endings.js';
import { JobProgress } from './job-progress.js';
import type { JobEntity } from './jobs.entity.js';
import { type AddedJob, Jobs } from './jobs.service.js';
import { Messenger } from './messenger.js';
import { RunProgress } from './run-progress.js';

/** A process that dies: what was committed stays, nothing else happens. */
class Killed extends Error {}

type Method = [owner: abstract new (...args: never[]) => object, name: string];

const STEPS: Method[] = [
  [JobAdmission, 'admit'],
  [Agent, 'start'],
  [RunProgress, 'handOver'],
  [RunProgress, 'markReady'],
  [Agent, 'lookAt'],
  [Agent, 'lastWords'],
  [JobProgress, 'succeed'],
  [WriteToJira, 'perform'],
  [IssueWriter, 'writeDue'],
];

/** Between the wish to say something in a conversation and the record that it was said. */
const TALKING_STEPS: Method[] = [
  [Agent, 'userMessages'],
  [Agent, 'send'],
  [Messenger, 'deliver'],
  [RunProgress, 'markReady'],
];
const NOTE_STEPS: Method[] = [
  [Agent, 'userMessages'],
  [Agent, 'send'],
  [Messenger, 'deliver'],
  [JobProgress, 'noteAndShowIn'],
];

/** Between the end of a job and the beginning of the one that takes its place. */
const REPLACING_STEPS: Method[] = [
  [JobEndings, 'end'],
  [Jobs, 'add'],
];

function crashPoints([owner, name]: Method): [when: 'before' | 'after', step: string, ...Method][] {
  return (['before', 'after'] as const).map((when) => [when, `${owner.name}.${name}`, owner, name]);
}

describe('A process that is killed', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());
  afterEach(() => jest.restoreAllMocks());

  it.each(STEPS.flatMap(crashPoints))(
    '%s %s starts nothing twice and tells the result once',
    async (when, _, owner, name) => {
      const deaths = killOnce(bench.get(owner), name, when);
      const job = await bench.add();
      // Each round is what another process does with what it finds in the database.
      for (let round = 0; round < 40 && (await bench.job(job.id)).finishedAt === null; round += 1) {
        await survive(() => bench.startOnce(job.id));
        await survive(() => bench.tick());
        await survive(() => bench.write());
        bench.clock.advance(5000);
      }
      for (let round = 0; round < 3; round += 1) {
        await survive(() => bench.write());
        bench.clock.advance(5000);
      }
      expect(deaths()).toBe(1);
      expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
      expect(bench.agent.conversations).toHaveLength(1);
      expect(bench.jira.comments.map((comment) => comment.mark.key)).toEqual([`job:${job.id}:status`, `job:${job.id}:result`]);
    },
  );

  it.each(TALKING_STEPS.flatMap(crashPoints))('%s %s says a follow-up once', async (when, _, owner, name) => {
    const first = await bench.run((await bench.add()).id);
    const deaths = killOnce(bench.get(owner), name, when);
    const job = await bench.add({ continuesJobId: first.id });
    for (let round = 0; round < 40 && (await bench.job(job.id)).finishedAt === null; round += 1) {
      await survive(() => bench.startOnce(job.id));
      await survive(() => bench.tick());
      bench.clock.advance(5000);
    }
    expect(deaths()).toBe(1);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', conversationId: first.conversationId });
    expect(bench.userMessages(first.conversationId!)).toEqual(['There is a new comment on SHOP-12.']);
  });

  it.each(NOTE_STEPS.flatMap(crashPoints))('%s %s passes an instruction on once', async (when, _, owner, name) => {
    bench.agent.play('runs-for-ever');
    const added = await bench.add();
    await bench.startUp(added.id);
    const job = await bench.followUntil(added.id, (one) => one.state === 'running');
    await bench.addNote(job.id, 'Please use euros.');
    const deaths = killOnce(bench.get(owner), name, when);
    for (let round = 0; round < 20; round += 1) {
      await survive(() => bench.passOnNotes(job.id));
      bench.clock.advance(5000);
    }
    expect(deaths()).toBe(1);
    expect(bench.userMessages(job.conversationId!)).toEqual(['Please use euros.']);
    expect((await bench.timeline(job.id)).filter((kind) => kind === 'note_passed_on')).toHaveLength(1);
  });

  /** A job whose agent is at work until somebody stops it. */
  async function busy(): Promise<JobEntity> {
    bench.agent.play('runs-for-ever');
    const { id } = await bench.add();
    await bench.startUp(id);
    return bench.followUntil(id, (one) => one.state === 'running');
  }

  const replace = ({ id }: JobEntity): Promise<AddedJob> =>
    bench.db.transaction(async (manager) => {
      await bench.jobs.cancel(manager, id, { reason: 'replaced', by: 'Ben Builder' });
      return bench.jobs.add(manager, bench.newJob({ triggerKey: 'comment:10012:new', previousJobId: id }));
    });
  const active = async (): Promise<string[]> => ((await bench.db.query('SELECT id FROM jobs WHERE finished_at IS NULL')) as { id: string }[]).map(({ id }) => id);

  it.each(REPLACING_STEPS.flatMap(crashPoints))('%s %s leaves a job or the one that takes its place, never both', async (when, _, owner, name) => {
    const former = await busy();
    const deaths = killOnce(bench.get(owner), name, when);
    await survive(() => replace(former));
    expect([deaths(), await active()]).toEqual([1, [former.id]]);
    const { job } = await replace(former);
    expect(await active()).toEqual([job.id]);
    expect(await bench.job(former.id)).toMatchObject({ state: 'cancelled', cancelReason: 'replaced' });
    expect((await bench.timeline(former.id)).filter((kind) => kind === 'cancelled')).toHaveLength(1);
  });

  it.each<[string, (jobId: string) => Promise<void>]>([
    ['is stopped', (jobId) => bench.untilRunsAreOver(jobId)],
    ['could not be stopped for a minute', async () => bench.clock.advance(61_000)],
  ])('and a job that takes the place of another starts its agent when that of the other %s', async (_, wait) => {
    const former = await busy();
    const { job } = await replace(former);
    expect([await bench.startOnce(job.id), bench.starts()]).toEqual(['waits', 1]);
    await wait(former.id);
    expect([await bench.startOnce(job.id), bench.starts()]).toEqual(['done', 2]);
  });

  it.each([
    ['lost-answer', 1],
    ['reset', 1],
  ] as const)('or an answer of the agent that is lost (%s) starts one conversation', async (kind, conversations) => {
    bench.agent.standIn.faults.add({ effect: { kind }, method: 'POST', path: '/app-conversations' });
    const job = await bench.add();
    for (let round = 0; round < 20 && (await bench.startOnce(job.id)) === 'waits'; round += 1) bench.clock.advance(5000);
    expect((await bench.followToEnd(job.id)).state).toBe('succeeded');
    expect(bench.agent.conversations).toHaveLength(conversations);
  });
});

/** Lets a method die once, before it does anything or after all of it is done. Gives how often it died. */
function killOnce(target: object, name: string, when: 'before' | 'after'): () => number {
  const methods = target as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const original = methods[name]!.bind(target);
  let deaths = 0;
  jest.spyOn(methods, name).mockImplementation(async (...args: unknown[]) => {
    if (deaths > 0) return original(...args);
    if (when === 'after') await original(...args);
    deaths += 1;
    throw new Killed();
  });
  return () => deaths;
}

async function survive(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
}
