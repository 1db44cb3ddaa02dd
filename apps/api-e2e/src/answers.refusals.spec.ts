import { type UnlinkedAccount, UnlinkedAccountPage } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import type { NewIssue } from '../../../tools/sandbox/jira-model.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { type Decided, newPerson, StoryIssue } from './story-issue.js';

describe('A request that cannot be carried out is answered', () => {
  let stage: Stage;
  let ada: Browser;
  let github: string;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    const ben = await stage.signIn('ben');
    await stage.link(ben, ACCOUNTS.ben);
    github = new URL(stage.sandbox.urls.github).hostname;
  });
  afterAll(() => stage.close());

  const newIssue = (fields: Partial<NewIssue> = {}): StoryIssue => new StoryIssue(stage, ada, fields);

  /** Refused with this reason, told in one comment, and nothing started. Gives the comment. */
  async function told(issue: StoryIssue, delivery: Decided, reason: string): Promise<string> {
    expect([delivery.outcome, delivery.reason]).toEqual(['refused', reason]);
    expect(delivery.trace.length).toBeGreaterThan(3);
    expect(delivery.fixHint).toEqual(expect.any(String));
    const comments = await issue.comments();
    expect([comments.length, await issue.wishes(), await issue.jobs(), issue.starts()]).toEqual([1, 1, 0, 0]);
    expect(comments[0]).not.toMatch(/[\w.]+@example/);
    return comments[0]!;
  }

  describe('when the person is not known here', () => {
    it('with where to connect, when Jira shows no e-mail address', async () => {
      const nora = newPerson(stage, 'nora');
      const issue = newIssue();
      const comment = await told(issue, await issue.ask(nora.accountId, '@openhands fix it'), 'user_not_linked');
      expect(comment).toContain('@Nora');
      expect(comment).toMatch(/connect/i);
    });

    it('with where to connect, when somebody here has the address that Jira shows', async () => {
      const twin = newPerson(stage, 'benjamin', { emailAddress: 'ben@example.com', emailVisible: true });
      const issue = newIssue();
      await told(issue, await issue.ask(twin.accountId, '@openhands fix it'), 'user_not_linked');
    });

    it('with where to sign up, when nobody here has the address', async () => {
      const zoe = newPerson(stage, 'zoe', { emailVisible: true });
      const issue = newIssue();
      const comment = await told(issue, await issue.ask(zoe.accountId, '@openhands fix it'), 'user_no_account');
      expect(comment).toContain('@Zoe');
      expect(comment).toMatch(/sign up/i);
    });

    it('also when the label is used', async () => {
      const olga = newPerson(stage, 'olga');
      const issue = newIssue();
      await told(issue, await issue.label(olga.accountId), 'user_not_linked');
    });

    it('and whoever looks after the connection sees what they lost, until they connect', async () => {
      const lou = newPerson(stage, 'lou');
      const issue = newIssue();
      const lost = async (): Promise<UnlinkedAccount[]> => UnlinkedAccountPage.parse((await ada.get(`/api/v1/connections/${connectionId}/unlinked-accounts`)).json).items.filter((one) => one.jiraAccountId === lou.accountId);
      await issue.ask(lou.accountId, '@openhands fix it');
      const { id } = await issue.ask(lou.accountId, '@openhands please');
      expect(await lost()).toEqual([expect.objectContaining({ jiraDisplayName: 'Lou', state: 'email_hidden', reason: 'user_not_linked', lostRequests: 2, lastDeliveryId: id })]);
      await issue.settled((await ada.post(`/api/v1/deliveries/${id}/replay`)).json.deliveryId);
      expect(await lost()).toMatchObject([{ lostRequests: 2 }]);
      await stage.link(await stage.signIn('eve'), lou.accountId);
      expect(await lost()).toEqual([]);
    });

    it('and work starts once the person has connected and asks again', async () => {
      const eve = newPerson(stage, 'eve');
      const issue = newIssue({ description: 'no repository' });
      expect(await issue.ask('712020:eve', '@openhands fix it')).toMatchObject({ reason: 'user_not_linked' });
      await stage.link(await stage.signIn('eve'), eve.accountId);
      expect(await issue.ask(eve.accountId, '@openhands fix it')).toMatchObject({ outcome: 'refused', reason: 'repo_missing' });
      expect(await issue.comments()).toHaveLength(2);
    });
  });

  describe('when the repository cannot be used', () => {
    const cases: [string, string, string, RegExp][] = [
      ['none is named', 'The login fails.', 'repo_missing', /Repository: owner\/name/],
      ['prose only looks like one', 'The CI/CD is red, and/or src/app.ts fails since 2024/01.', 'repo_missing', /Repository: owner\/name/],
      ['the line cannot be read', 'Repository: web-app', 'repo_invalid', /web-app/],
      ['the branch does not exist', 'Repository: Acme/web-app@no-such-branch', 'repo_invalid', /no-such-branch.*does not exist in.*Acme\/web-app/s],
      ['the branch cannot be read', 'Repository: Acme/web-app\nBranch: ../x', 'repo_invalid', /The branch.*cannot be read/s],
      ['the host is not one of ours', 'Repository: https://dev.azure.com/org/project/_git/repo', 'repo_host_unknown', /dev\.azure\.com/],
      ['the person may only read it', 'Repository: Acme/read-only', 'repo_no_access', /Acme\/read-only/],
      ['it is public but not theirs', 'Repository: library/react-like', 'repo_no_access', /library\/react-like/],
      ['it does not exist', 'Repository: Acme/web', 'repo_no_access', /Acme\/web/],
      ['two are named in lines', 'Repository: Acme/web-app\nRepository: Acme/api', 'repo_ambiguous', /Acme\/api.*Acme\/web-app/s],
      ['two are named in prose', 'Is it Acme/web-app or Acme/api?', 'repo_ambiguous', /Acme\/api.*Acme\/web-app/s],
    ];

    it.each(cases)('because %s', async (_, description, reason, words) => {
      const issue = newIssue({ description });
      const comment = await told(issue, await issue.ask('ben', '@openhands fix it'), reason);
      expect(comment).toMatch(words);
    });

    it('because the person has no account at that git host', async () => {
      const issue = newIssue({ description: `Repository: 127.0.0.1/acme/web-app` });
      const comment = await told(issue, await issue.ask('ben', '@openhands fix it'), 'git_provider_not_connected');
      expect(comment).toContain('127.0.0.1');
    });

    describe('because the sign-in at the git host', () => {
      let cora: string;

      beforeAll(async () => {
        cora = newPerson(stage, 'cora').accountId;
        stage.sandbox.github.addUser({ login: 'cora', name: 'Cora' });
        stage.sandbox.github.setRight('Acme/api', 'cora', 'write');
        stage.sandbox.github.useExpiringTokens();
        await stage.link(await stage.signIn('cora'), cora);
      });

      it('has ended, unless it can be renewed', async () => {
        stage.sandbox.github.oauth.expireAccessTokens();
        const issue = newIssue({ description: 'Repository: Acme/api' });
        expect(await issue.ask(cora, '@openhands fix it')).toMatchObject({ outcome: 'job', reason: 'started' });
      });

      it('was taken back, and the person has no other one here', async () => {
        stage.sandbox.github.oauth.revokeAll();
        const issue = newIssue({ description: 'Repository: Acme/api' });
        const comment = await told(issue, await issue.ask(cora, '@openhands fix it'), 'user_signin_expired');
        expect(comment).toMatch(/@Cora.*sign in.*ask again/s);
      });

      it('was taken back, and another one is still good', async () => {
        stage.sandbox.gitlab.addUser({ login: 'cora', name: 'Cora' });
        const browser = await stage.signIn('cora');
        await stage.signInWith(browser, 'cora', 'gitlab');
        stage.sandbox.github.oauth.revokeAll();
        const issue = newIssue({ description: 'Repository: Acme/api' });
        const comment = await told(issue, await issue.ask(cora, '@openhands fix it'), 'git_signin_expired');
        expect(comment).toContain(github);
      });

      afterAll(() => stage.signIn('ben'));
    });

    it('and never by a text that only looks like a repository when a real one is there', async () => {
      const issue = newIssue({ description: 'The CI/CD of Acme/web-app is red, see src/app.ts' });
      const delivery = await issue.ask('ben', '@openhands fix it');
      expect([delivery.outcome, delivery.reason]).toEqual(['job', 'started']);
      expect(await issue.job(delivery.jobId)).toMatchObject({ repository: { fullName: 'Acme/web-app', source: 'name' } });
    });
  });

  it('when the issue had ten jobs within an hour, with the time of the next one', async () => {
    const issue = newIssue();
    const first = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(first.jobId);
    await issue.written();
    await stage.inside(DataSource).query(
      `INSERT INTO jobs SELECT (jsonb_populate_record(job, jsonb_build_object('id', gen_random_uuid(), 'trigger_key', 'copy ' || copy, 'state', 'succeeded'))).*
       FROM jobs job, generate_series(1, 9) copy WHERE job.id = $1`,
      [first.jobId],
    );
    const wishes = await issue.wishes();
    const delivery = await issue.ask('ben', '@openhands new: once more');
    expect([delivery.outcome, delivery.reason]).toEqual(['refused', 'issue_rate_limited']);
    expect((await issue.comments()).at(-1)).toMatch(/\d\d:\d\d/);
    expect([await issue.wishes(), await issue.jobs(), issue.starts()]).toEqual([wishes + 1, 10, 1]);
  });

  describe('once a day', () => {
    it('so asking again edits the comment', async () => {
      const issue = newIssue({ description: '-' });
      for (const text of ['fix it', 'fix it now', 'please']) expect(await issue.ask('ben', `@openhands ${text}`)).toMatchObject({ reason: 'repo_missing' });
      const comments = await issue.comments();
      expect(comments).toHaveLength(1);
      expect(comments[0]).toMatch(/Asked again at \d\d:\d\d[^,]*, \d\d:\d\d/);
      expect(stage.sandbox.actions.agentComments(issue.key)[0]).toMatchObject({ edited: true, notifiedUsersOnEdit: false });
    });

    it('so asking again with another mistake tells of that one', async () => {
      const issue = newIssue({ description: '-' });
      for (const name of ['first', 'second']) expect(await issue.ask('ben', `@openhands fix it\nRepository: ${name}`)).toMatchObject({ reason: 'repo_invalid' });
      const [comment, ...more] = await issue.comments();
      expect([more, comment]).toEqual([[], expect.stringContaining('second')]);
      expect(comment).not.toContain('first');
    });

    it('so a closed circle is not quoted where everybody reads', async () => {
      const issue = newIssue({ description: '-' });
      await issue.ask('ben', '@openhands fix it\nRepository: open');
      await issue.ask('ben', '@openhands fix it\nRepository: secret', { visibility: { type: 'role', value: 'Developers' } });
      const [comment] = await issue.comments();
      expect(comment).toContain('Asked again');
      expect(comment).not.toContain('secret');
    });

    it('so another reason is another comment', async () => {
      const issue = newIssue({ description: '-' });
      await issue.ask('ben', '@openhands fix it');
      expect(await issue.ask('ben', '@openhands fix it\nRepository: Acme/read-only')).toMatchObject({ reason: 'repo_no_access' });
      expect(await issue.comments()).toHaveLength(2);
    });

    it('so another person gets an answer too', async () => {
      const [kim, lea] = [newPerson(stage, 'kim'), newPerson(stage, 'lea')];
      const issue = newIssue();
      for (const person of [kim, lea, kim]) await issue.ask(person.accountId, '@openhands fix it');
      const comments = await issue.comments();
      expect(comments.map((one) => /@(\w+)/.exec(one)![1])).toEqual(['Kim', 'Lea']);
    });

    it('so the next day it is told anew', async () => {
      const issue = newIssue({ description: '-' });
      await issue.ask('ben', '@openhands fix it');
      await issue.written();
      await stage.inside(DataSource).query(`UPDATE issue_writes SET created_at = created_at - interval '25 hours' WHERE issue_id = $1`, [issue.issue.id]);
      await issue.ask('ben', '@openhands fix it');
      const comments = await issue.comments();
      expect(comments).toHaveLength(2);
      expect(comments.join()).not.toContain('Asked again');
    });
  });

  it('to the same readers as the question', async () => {
    const issue = newIssue({ description: '-' });
    await issue.ask('ben', '@openhands fix it', { visibility: { type: 'role', value: 'Developers' } });
    await issue.written();
    expect(stage.sandbox.actions.agentComments(issue.key)).toMatchObject([{ visibility: { type: 'role', value: 'Developers' } }]);
    const desk = newIssue({ projectKey: 'HELP', description: '-' });
    await desk.ask('ben', '@openhands fix it', { internal: true });
    await desk.written();
    expect(stage.sandbox.actions.agentComments(desk.key)).toMatchObject([{ internal: true }]);
  });

  it('with a link to the decision', async () => {
    const issue = newIssue({ description: '-' });
    const delivery = await issue.ask('ben', '@openhands fix it');
    await issue.written();
    expect(JSON.stringify(stage.ourComments(issue.key)[0]!.raw.body)).toContain(delivery.id);
  });
});
