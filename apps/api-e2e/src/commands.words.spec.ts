import { DEFAULT_RULES } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import type { NewIssue } from '../../../tools/sandbox/jira-model.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { type Decided, ENDLESS, newPerson, StoryIssue } from './story-issue.js';

describe('A comment that is nothing but a command', () => {
  let stage: Stage;
  let ada: Browser;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
    await stage.link(ada, ACCOUNTS.ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    // Eve is connected, and may push nowhere.
    await stage.link(await stage.signIn('eve'), newPerson(stage, 'eve').accountId);
    newPerson(stage, 'nora');
  });
  afterAll(() => stage.close());

  const eve = '712020:eve';
  const nora = '712020:nora';
  const newIssue = (fields: Partial<NewIssue> = {}): StoryIssue => new StoryIssue(stage, ada, fields);

  function done(delivery: Decided): void {
    expect([delivery.outcome, delivery.reason]).toEqual(['job', 'command_done']);
    expect(delivery.trace.length).toBeGreaterThan(3);
  }

  async function finished(text = '@openhands fix the rounding', fields: Partial<NewIssue> = {}): Promise<{ issue: StoryIssue; jobId: string }> {
    const issue = newIssue(fields);
    const { jobId } = await issue.ask('ben', text);
    expect(await issue.jobIs(jobId)).toMatchObject({ state: 'succeeded' });
    await issue.written();
    return { issue, jobId };
  }

  /** An issue with a job of Ben that works until it is stopped. */
  async function busy(): Promise<{ issue: StoryIssue; jobId: string }> {
    stage.sandbox.openhands.play(ENDLESS);
    const issue = newIssue();
    const { jobId } = await issue.ask('ben', '@openhands fix the rounding');
    await issue.jobIs(jobId, 'running');
    return { issue, jobId };
  }

  describe('help', () => {
    it('is answered to anybody, once per issue', async () => {
      const issue = newIssue();
      done(await issue.ask(nora, '@openhands help'));
      done(await issue.ask('ben', 'Hi @openhands, help please!'));
      const comments = await issue.comments();
      expect(comments).toEqual([expect.stringContaining('How to work with OpenHands')]);
      expect([await issue.jobs(), issue.starts()]).toEqual([0, 0]);
    });

    it('is answered again to readers who could not read the first answer', async () => {
      const issue = newIssue();
      done(await issue.ask('ben', '@openhands help', { visibility: { type: 'role', value: 'Developers' } }));
      done(await issue.ask('ben', '@openhands help'));
      await issue.written();
      expect(stage.sandbox.actions.agentComments(issue.key).map((one) => one.visibility?.value ?? 'everybody')).toEqual(['Developers', 'everybody']);
    });

    it('with more words is an instruction', async () => {
      expect(await newIssue().ask('ben', '@openhands help me with the login')).toMatchObject({ outcome: 'job', reason: 'started' });
    });
  });

  it('link tells anybody where to connect', async () => {
    const issue = newIssue();
    done(await issue.ask(nora, '@openhands link'));
    const [told, ...more] = await issue.comments();
    expect(told).toContain('@Nora');
    expect([more, await issue.jobs()]).toEqual([[], 0]);
  });

  it('of a person who is not connected is refused like any request', async () => {
    const issue = newIssue();
    for (const word of ['stop', 'status', 'retry', 'check']) expect(await issue.ask(nora, `@openhands ${word}`)).toMatchObject({ outcome: 'refused', reason: 'user_not_linked' });
    expect(await issue.comments()).toHaveLength(1);
  });

  describe('check', () => {
    it('looks at everything and starts nothing', async () => {
      const issue = newIssue();
      done(await issue.ask('ben', '@openhands check'));
      expect(await issue.comments()).toEqual([expect.stringContaining('A job could start here.')]);
      expect([await issue.jobs(), issue.starts()]).toEqual([0, 0]);
    });

    it('says what is missing, in the same comment each time', async () => {
      const issue = newIssue({ description: '-' });
      done(await issue.ask('ben', '@openhands check'));
      expect((await issue.comments())[0]).toContain('could not start here yet');
      done(await issue.ask('ben', '@openhands check\nRepository: Acme/api'));
      const comments = await issue.comments();
      expect(comments).toHaveLength(1);
      expect(comments[0]).toContain('A job could start here.');
      expect(comments[0]).toContain('Acme/api');
    });
  });

  describe('status', () => {
    it('brings the status comment up to date instead of adding one', async () => {
      const { issue } = await finished();
      done(await issue.ask('ben', '@openhands status'));
      expect(await issue.comments()).toHaveLength(2);
    });

    it('adds a status comment when the first one is more than twenty comments back', async () => {
      const { issue } = await finished();
      const { store } = stage.sandbox.jira;
      for (let n = 0; n < 21; n += 1) issue.sentBy(() => stage.sandbox.actions.comment(issue.key, 'ben', `remark ${n}`));
      done(await issue.ask('ben', '@openhands status?'));
      const comments = await issue.comments();
      expect(comments).toHaveLength(3);
      expect(comments[2]).toContain('Finished');
      expect(store.issue(issue.key).comments.at(-1)!.authorId).toBe(stage.sandbox.actions.agentAccountId);
    });

    it('adds a status comment when the first one was edited as often as it may be', async () => {
      const { issue, jobId } = await busy();
      await issue.written();
      await stage.inside(DataSource).query('UPDATE issue_writes SET edits = 5 WHERE key = $1', [`job:${jobId}:status`]);
      done(await issue.ask('ben', '@openhands status'));
      const comments = await issue.comments();
      expect(comments).toHaveLength(2);
      expect(comments[1]).toContain('OpenHands is working on this issue.');
    });

    it('of an issue without a job is answered with the guide', async () => {
      const issue = newIssue();
      done(await issue.ask('ben', '@openhands status'));
      expect(await issue.comments()).toEqual([expect.stringContaining('How to work with OpenHands')]);
    });
  });

  describe('stop', () => {
    it('ends the job, and the result comment says who stopped it', async () => {
      const { issue, jobId } = await busy();
      done(await issue.ask('ben', '@openhands please stop.'));
      expect(await issue.jobIs(jobId)).toMatchObject({ state: 'cancelled', cancelReason: 'stopped_by_person' });
      const comments = await issue.comments();
      expect(comments).toEqual([expect.stringContaining('Stopped'), expect.stringContaining('stopped by Ben Builder')]);
      const conversation = stage.sandbox.openhands.conversations.at(-1)!;
      await eventually(() => conversation.frame.execution, (state) => state === 'paused', 'the agent to be stopped');
    });

    it('also ends the job of a connection that only watches by now, and no other words do anything there', async () => {
      const { issue, jobId } = await busy();
      await stage.inside(DataSource).query('UPDATE connections SET rules = $1', [JSON.stringify({ ...DEFAULT_RULES, shadow: true })]);
      expect(await issue.ask('ben', '@openhands status')).toMatchObject({ outcome: 'ignored', reason: 'shadow_accepted' });
      done(await issue.ask('ben', '@openhands stop'));
      await stage.inside(DataSource).query('UPDATE connections SET rules = NULL');
      expect(await issue.jobIs(jobId)).toMatchObject({ state: 'cancelled', cancelReason: 'stopped_by_person' });
    });

    it('has nothing to stop when no job is active', async () => {
      const { issue } = await finished();
      expect(await issue.ask('ben', '@openhands stop')).toMatchObject({ outcome: 'refused', reason: 'nothing_to_stop' });
      expect(await issue.comments()).toHaveLength(3);
    });

    it('is for a colleague who may push to the repository, and not for one who may not', async () => {
      const { issue, jobId } = await busy();
      expect(await issue.ask(eve, '@openhands stop')).toMatchObject({ outcome: 'refused', reason: 'command_not_allowed' });
      expect(await issue.job(jobId)).toMatchObject({ state: 'running' });
      done(await issue.ask('ada', '@openhands cancel'));
      expect(await issue.jobIs(jobId)).toMatchObject({ state: 'cancelled' });
    });

    it('is for the assignee, whatever their rights', async () => {
      const { issue, jobId } = await busy();
      issue.issue.assigneeId = eve;
      done(await issue.ask(eve, '@openhands stop'));
      expect(await issue.jobIs(jobId)).toMatchObject({ state: 'cancelled' });
    });

    it('with more words is an instruction', async () => {
      expect(await newIssue().ask('ben', '@openhands stop using lodash')).toMatchObject({ outcome: 'job', reason: 'started' });
    });
  });

  describe('retry', () => {
    it('does the last request again, as often as one likes', async () => {
      const { issue, jobId } = await finished('@openhands fix the rounding of prices');
      for (const previousId of [jobId, null]) {
        const again = await issue.ask('ben', '@openhands retry');
        expect([again.outcome, again.reason]).toEqual(['job', 'started']);
        const job = await issue.jobIs(again.jobId);
        expect(job).toMatchObject({ state: 'succeeded', trigger: 'retry', repository: { fullName: 'Acme/web-app' } });
        if (previousId) expect(issue.starts()).toBe(2);
        expect(issue.prompts().at(-1)).toMatch(/<request>.*fix the rounding of prices.*<\/request>/);
        expect(issue.prompts().at(-1)).not.toMatch(/<request>[^<]*retry/);
      }
      expect([await issue.jobs(), issue.starts(), (await issue.comments()).length]).toEqual([3, 3, 6]);
    });

    it('answers only those who could read the request', async () => {
      const circle = { visibility: { type: 'role', value: 'Developers' } } as const;
      const issue = newIssue();
      await issue.jobIs((await issue.ask('ben', '@openhands fix it', circle)).jobId);
      await issue.jobIs((await issue.ask('ben', '@openhands retry')).jobId);
      await issue.written();
      expect(stage.sandbox.actions.agentComments(issue.key).map((one) => one.visibility?.value)).toEqual(['Developers', 'Developers', 'Developers', 'Developers']);
    });

    it('takes another repository when the comment names one', async () => {
      const { issue } = await finished();
      const again = await issue.ask('ben', '@openhands retry\nRepository: Acme/api');
      expect(await issue.job(again.jobId)).toMatchObject({ repository: { fullName: 'Acme/api' } });
    });

    it('has nothing to repeat in an issue without a job', async () => {
      const issue = newIssue();
      expect(await issue.ask('ben', '@openhands retry')).toMatchObject({ outcome: 'refused', reason: 'nothing_to_retry' });
      expect([(await issue.comments()).length, issue.starts()]).toEqual([1, 0]);
    });

    it('waits until the active job is over', async () => {
      const { issue, jobId } = await busy();
      expect(await issue.ask('ben', '@openhands retry')).toMatchObject({ outcome: 'refused', reason: 'already_running' });
      await ada.post(`/api/v1/jobs/${jobId}/cancel`);
      await issue.jobIs(jobId);
    });

    it('is not for somebody who may not push to the repository', async () => {
      const { issue } = await finished();
      expect(await issue.ask(eve, '@openhands retry')).toMatchObject({ outcome: 'refused' });
      expect(await issue.jobs()).toBe(1);
    });
  });

  describe('or no word at all', () => {
    it('makes the issue itself the task', async () => {
      const issue = newIssue();
      const delivery = await issue.ask('ben', 'Hi @openhands!');
      expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
      await issue.jobIs(delivery.jobId);
      expect(issue.prompts()[0]).toContain(issue.key);
    });

    it('but thanks makes the issue the task when there was no job yet', async () => {
      expect(await newIssue().ask('ben', 'Thanks @openhands!')).toMatchObject({ outcome: 'job', reason: 'started' });
    });

    it('but thanks for a job is taken silently', async () => {
      const { issue } = await finished();
      const delivery = await issue.ask('ben', '@openhands great job, thank you');
      expect([delivery.outcome, delivery.reason]).toEqual(['ignored', 'courtesy_only']);
      expect([await issue.jobs(), (await issue.comments()).length]).toEqual([1, 2]);
    });
  });
});
