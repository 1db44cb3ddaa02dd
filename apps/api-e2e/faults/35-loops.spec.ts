/** Row 35: our own comments come back as deliveries, and a bot answers each of them. Neither becomes a loop. */
import { ACCOUNTS, Stage } from '../src/stage.js';
import { newPerson, StoryIssue } from '../src/story-issue.js';
import { fault } from './figures.js';

const ROUNDS = 20;

describe('Comments that answer comments', () => {
  let stage: Stage;
  let issue: StoryIssue;

  beforeAll(async () => {
    stage = await Stage.open();
    const ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    issue = new StoryIssue(stage, ada);
  }, 300_000);

  afterAll(() => stage?.close());

  fault(35, 'our own comments and a bot that answers them start no further job', async (figures) => {
    const bot = newPerson(stage, 'helper', { accountType: 'app' });
    const own = stage.sandbox.actions.agentAccountId;
    let answers = 0;
    stage.sandbox.jira.store.onEvent((event) => {
      if (event.kind !== 'comment_created' || event.actorId !== own || answers >= ROUNDS) return;
      answers += 1;
      setImmediate(() => stage.comment(issue.key, bot.accountId, '@openhands thank you, and now please do it again'));
    });
    const first = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(first.jobId);
    await issue.written();
    await stage.sandbox.jira.webhooks.idle();
    await issue.written();

    figures.condition(`a bot answers each of our comments by our name, at most ${ROUNDS} times; all our comments come back as deliveries`);
    figures.exactly('jobs', await issue.jobs(), 1);
    figures.exactly('starts', issue.starts(), 1);
    figures.atMost('answers of the bot until it is quiet', answers, 4);
    figures.atMost('comments of ours', stage.ourComments(issue.key).length, 3);
  });
});
