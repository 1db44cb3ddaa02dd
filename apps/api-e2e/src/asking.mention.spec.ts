import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { NewIssue } from '../../../tools/sandbox/jira-model.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { ENDLESS, newPerson, StoryIssue } from './story-issue.js';

describe('Asking in an issue', () => {
  let stage: Stage;
  let ada: Browser;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    await stage.sandbox.jira.webhooks.idle();
  });
  afterAll(() => stage.close());

  const newIssue = (fields: Partial<NewIssue> = {}): StoryIssue => new StoryIssue(stage, ada, fields);

  async function expectWork(issue: StoryIssue, delivery: { outcome: string; reason: string; jobId: string; trace: unknown[] }): Promise<void> {
    expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
    expect(delivery.trace.length).toBeGreaterThan(3);
    expect(await issue.jobIs(delivery.jobId)).toMatchObject({ state: 'succeeded' });
    expect(await issue.comments()).toEqual([expect.stringContaining('Finished'), expect.stringContaining('last words')]);
    expect(await issue.startsReach(1)).toBe(1);
  }

  async function expectSilence(issue: StoryIssue, delivery: { outcome: string; reason: string; trace: unknown[] }, reason: string): Promise<void> {
    expect([delivery.outcome, delivery.reason]).toEqual(['ignored', reason]);
    expect(delivery.trace.length).toBeGreaterThan(0);
    expect([await issue.wishes(), await issue.jobs(), issue.starts()]).toEqual([0, 0, 0]);
  }

  describe('starts work', () => {
    it.each([
      ['when the comment holds the name', '@openhands please fix the rounding'],
      ['when the service account was picked from the list', '[~accountid:AGENT] please fix the rounding'],
    ])('%s', async (_, text) => {
      const issue = newIssue();
      const delivery = await issue.ask('ben', text.replace('AGENT', stage.sandbox.actions.agentAccountId));
      await expectWork(issue, delivery);
      expect(delivery).toMatchObject({ event: 'comment_created', actor: 'Ben Builder', issueKey: issue.key, signedWith: 'current', origin: 'webhook' });
    });

    it('when the label is added beside other labels', async () => {
      const issue = newIssue({ labels: ['bug', 'ui'] });
      const delivery = await issue.label('ben');
      await expectWork(issue, delivery);
      expect(await issue.job(delivery.jobId)).toMatchObject({ trigger: 'label', requestedBy: { name: 'Ben Builder' } });
    });

    it('when the issue is created with the label, in the name of its creator', async () => {
      const { deliveries } = stage.sandbox.jira.webhooks;
      const before = deliveries.length;
      const issue = newIssue({ labels: ['openhands'] });
      const delivery = await issue.settled((await issue.answered(deliveries[before]!)).deliveryId);
      await expectWork(issue, delivery);
      expect(delivery).toMatchObject({ event: 'jira:issue_created / issue_created', actor: 'Ben Builder' });
    });

    it('a second time when the label was removed and is added again', async () => {
      const issue = newIssue();
      const first = await issue.label('ben');
      await issue.jobIs(first.jobId);
      expect(await issue.unlabel('ben')).toMatchObject({ outcome: 'ignored', reason: 'label_removed' });
      const second = await issue.label('ben');
      expect([second.outcome, second.reason]).toEqual(['job', 'started']);
      await issue.jobIs(second.jobId);
      expect([await issue.jobs(), await issue.startsReach(2)]).toEqual([2, 2]);
    });
  });

  describe('starts nothing and says nothing', () => {
    it.each([
      ['when the comment does not address us', 'LGTM', 'no_mention_no_label'],
      ['when somebody only quotes a mention', '{quote}@openhands fix it{quote}\nI agree', 'mention_in_code_or_quote'],
      ['when the name stands in code', 'write {{@openhands}} to start', 'mention_in_code_or_quote'],
      ['when the name is part of an address', 'write to me@openhands.dev', 'mention_near_miss'],
      ['when the comment is empty', '', 'no_mention_no_label'],
    ])('%s', async (_, text, reason) => {
      const issue = newIssue();
      await expectSilence(issue, await issue.ask('ben', text), reason);
    });

    it('when another label is removed while ours stays', async () => {
      const issue = newIssue({ labels: ['bug', 'openhands'], reporterId: ACCOUNTS.cleo });
      await issue.written();
      const delivery = await issue.unlabel('ben', 'bug');
      expect([delivery.outcome, delivery.reason]).toEqual(['ignored', 'label_already_present']);
    });

    it('when the label is removed', async () => {
      const issue = newIssue();
      stage.sandbox.jira.webhooks.hold();
      stage.sandbox.actions.addLabel(issue.key, 'ben', 'openhands');
      stage.sandbox.jira.webhooks.loseHeld();
      await expectSilence(issue, await issue.unlabel('ben'), 'label_removed');
    });

    it('when the name is in the description of a new issue', async () => {
      const { deliveries } = stage.sandbox.jira.webhooks;
      const before = deliveries.length;
      const issue = newIssue({ description: '@openhands fix it. Repository: Acme/web-app' });
      const answer = await issue.answered(deliveries[before]!);
      expect(answer).toMatchObject({ status: 200, outcome: 'ignored', reason: 'no_mention_no_label' });
      await expectSilence(issue, await issue.settled(answer.deliveryId), 'no_mention_no_label');
    });

    it('when the service account writes itself', async () => {
      const issue = newIssue();
      await expectSilence(issue, await issue.ask(stage.sandbox.actions.agentAccountId, '@openhands go on'), 'self_authored');
    });

    it('when the label is gone again before the issue is read', async () => {
      const issue = newIssue();
      stage.sandbox.jira.webhooks.hold();
      const [added] = issue.sentBy(() => stage.sandbox.actions.addLabel(issue.key, 'ben', 'openhands'));
      stage.sandbox.actions.removeLabel(issue.key, 'ben', 'openhands');
      await stage.sandbox.jira.webhooks.release();
      await expectSilence(issue, await issue.settled((await issue.answered(added!)).deliveryId), 'withdrawn');
    });

    it('when the comment was changed so that it addresses nobody before it is read', async () => {
      const issue = newIssue();
      stage.sandbox.jira.webhooks.hold();
      const [created] = issue.sentBy(() => stage.sandbox.actions.comment(issue.key, 'ben', '@openhands fix it'));
      stage.sandbox.actions.editComment(issue.key, issue.lastComment, 'never mind');
      await stage.sandbox.jira.webhooks.release();
      await expectSilence(issue, await issue.settled((await issue.answered(created!)).deliveryId), 'withdrawn');
    });
  });

  it('our own comments come back as deliveries and start nothing', async () => {
    const issue = newIssue();
    const asked = await issue.ask('ben', '@openhands fix it');
    await expectWork(issue, asked);
    await stage.sandbox.jira.webhooks.idle();
    const { items } = (await ada.get(`/api/v1/deliveries?issueKey=${issue.key}&limit=100`)).json;
    const own = items.filter((one: { actor: string }) => one.actor === 'OpenHands Agent');
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(new Set(own.map((one: { outcome: string; reason: string }) => `${one.outcome} ${one.reason}`))).toEqual(new Set(['ignored self_authored']));
    expect([await issue.jobs(), await issue.startsReach(1)]).toEqual([1, 1]);
  });

  describe('by editing a comment', () => {
    it('starts work when the edit adds the first mention, in the name of who edited', async () => {
      await stage.link(ada, ACCOUNTS.ada);
      const issue = newIssue();
      await issue.ask('ben', 'the total is wrong');
      const delivery = await issue.edit('@openhands the total is wrong', 'ada');
      await expectWork(issue, delivery);
      expect(delivery).toMatchObject({ event: 'comment_updated', actor: 'Ada Admin' });
      expect(await issue.job(delivery.jobId)).toMatchObject({ requestedBy: { name: 'Ada Admin' } });
    });

    it('never starts the same work again', async () => {
      const issue = newIssue();
      await expectWork(issue, await issue.ask('ben', '@openhands fix it'));
      expect(await issue.edit('@openhands fix it, please')).toMatchObject({ outcome: 'ignored', reason: 'comment_already_handled' });
      expect(await issue.edit('never mind')).toMatchObject({ outcome: 'ignored', reason: 'comment_already_handled' });
      expect([await issue.jobs(), await issue.startsReach(1), (await issue.comments()).length]).toEqual([1, 1, 2]);
    });

    it('is judged anew when the comment was refused and its text changed, and only then', async () => {
      const issue = newIssue({ description: 'Nothing here' });
      expect(await issue.ask('ben', '@openhands fix it')).toMatchObject({ outcome: 'refused', reason: 'repo_missing' });
      expect(await issue.edit('@openhands fix it')).toMatchObject({ outcome: 'ignored', reason: 'comment_already_handled' });
      const delivery = await issue.edit('@openhands fix it\nRepository: Acme/api');
      expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
      expect(await issue.jobIs(delivery.jobId)).toMatchObject({ state: 'succeeded', repository: { fullName: 'Acme/api', source: 'line' } });
      expect(await issue.comments()).toHaveLength(3);
    });
  });

  it('a deleted comment stops nothing that runs or is over', async () => {
    const issue = newIssue();
    const asked = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(asked.jobId);
    const deleted = await issue.decided(() => stage.sandbox.actions.deleteComment(issue.key, issue.lastComment));
    expect([deleted.outcome, deleted.reason]).toEqual(['ignored', 'comment_deleted']);
    expect(await issue.job(asked.jobId)).toMatchObject({ state: 'succeeded' });
  });

  it('a deleted issue without a job is of no interest', async () => {
    const issue = newIssue();
    const deleted = await issue.decided(() => stage.sandbox.jira.store.deleteIssue(issue.issue, ACCOUNTS.ben));
    expect([deleted.outcome, deleted.reason]).toEqual(['ignored', 'event_not_used']);
  });

  it('an automation that adds the label is refused', async () => {
    const robot = newPerson(stage, 'robot', { displayName: 'Automation for Jira', accountType: 'app' });
    const issue = newIssue();
    const delivery = await issue.label(robot.accountId);
    expect([delivery.outcome, delivery.reason]).toEqual(['refused', 'user_is_app']);
    const [told, ...more] = await issue.comments();
    expect(told).toContain('Automation for Jira');
    expect([more, issue.starts()]).toEqual([[], 0]);
  });

  describe('where not everybody may read', () => {
    it('a comment restricted to a role gets answers restricted to that role', async () => {
      const issue = newIssue();
      const delivery = await issue.ask('ben', '@openhands fix it', { visibility: { type: 'role', value: 'Developers' } });
      await expectWork(issue, delivery);
      expect(stage.sandbox.actions.agentComments(issue.key).map((one) => one.visibility)).toEqual([
        expect.objectContaining({ type: 'role', value: 'Developers' }), expect.objectContaining({ type: 'role', value: 'Developers' }),
      ]);
    });

    it('words of a closed circle that go into an open job keep its later answers in that circle, and another circle cannot join', async () => {
      const issue = newIssue();
      stage.sandbox.openhands.play(ENDLESS);
      const { jobId } = await issue.ask('ben', '@openhands fix it');
      await issue.jobIs(jobId, 'running');
      expect(await issue.ask('ben', '@openhands the key is under the mat', { visibility: { type: 'role', value: 'Developers' } })).toMatchObject({ reason: 'continued', jobId });
      expect(await issue.ask('ben', '@openhands and the door is green', { visibility: { type: 'role', value: 'Administrators' } })).toMatchObject({ outcome: 'refused', reason: 'already_running' });
      await issue.ask('ben', '@openhands stop');
      await issue.jobIs(jobId, 'cancelled');
      const readersOf = (text: RegExp): Promise<unknown> => eventually(() => stage.sandbox.actions.agentComments(issue.key).find((one) => text.test(one.text)), (one) => one !== undefined, `a comment with ${text}`).then((one) => one!.visibility?.value ?? 'everybody');
      expect([await readersOf(/Stopped/), await readersOf(/was stopped by Ben/)]).toEqual(['everybody', 'Developers']);
    });

    it('an internal note gets internal answers', async () => {
      const issue = newIssue({ projectKey: 'HELP' });
      await expectWork(issue, await issue.ask('ben', '@openhands fix it', { internal: true }));
      expect(stage.sandbox.actions.agentComments(issue.key).map((one) => one.internal)).toEqual([true, true]);
    });

    it('a label on a service project gets internal answers', async () => {
      const issue = newIssue({ projectKey: 'HELP' });
      await expectWork(issue, await issue.label('ben'));
      expect(stage.sandbox.actions.agentComments(issue.key).map((one) => one.internal)).toEqual([true, true]);
    });
  });

  it('the agent hears of closed circles only when its answers stay there', async () => {
    const circle = { visibility: { type: 'role', value: 'Developers' } } as const;
    const issue = newIssue();
    await issue.ask('ben', 'The key is under the mat.', circle);
    await issue.ask('ben', 'The door is green.');
    const open = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(open.jobId);
    const closed = await issue.ask('ben', '@openhands new: fix it', circle);
    await issue.jobIs(closed.jobId);
    const conversed = await issue.ask('ben', '@openhands go on in public');
    await issue.jobIs(conversed.jobId);
    const [toEverybody, toCircle, afterwards] = issue.prompts();
    expect(afterwards).not.toContain('under the mat');
    expect(toEverybody).toContain('The door is green.');
    expect(toEverybody).not.toContain('under the mat');
    expect(toCircle).toContain('The door is green.');
    expect(toCircle).toContain('under the mat');
  });

  it('an issue that the service account cannot see is refused without a word', async () => {
    const issue = newIssue();
    issue.issue.hiddenFrom.add(stage.sandbox.actions.agentAccountId);
    const delivery = await issue.ask('ben', '@openhands fix it');
    expect([delivery.outcome, delivery.reason, await issue.wishes(), issue.starts()]).toEqual(['refused', 'issue_unreadable', 0, 0]);
  });
});
