/**
 * Row 12: somebody sends a delivery of long ago again. The signature holds no time, so only our memory helps: the delivery for as
 * long as its row is kept, the trigger for ever. The age of `timestamp` decides nothing: Jira's own repetitions may be hours late.
 */
import { DataSource } from 'typeorm';
import { ACCOUNTS, Stage } from '../src/stage.js';
import { StoryIssue } from '../src/story-issue.js';
import { fault } from './figures.js';

describe('A delivery that is sent again much later', () => {
  let stage: Stage;
  let issue: StoryIssue;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    const ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    issue = new StoryIssue(stage, ada);
    stage.sandbox.jira.webhooks.hold();
  }, 300_000);

  afterAll(() => stage?.close());

  fault(12, 'starts nothing after an hour, a day, and when its row is gone', async (figures) => {
    const [sent] = issue.sentBy(() => stage.comment(issue.key, ACCOUNTS.ben, '@openhands fix it'));
    const send = async (): Promise<string> => {
      const { json } = await stage.deliver(connectionId, sent!.body, { 'x-atlassian-webhook-identifier': sent!.identifier });
      return json.outcome === 'pending' ? (await issue.settled(json.deliveryId as string)).reason : json.reason;
    };
    figures.exactly('at first', await send(), 'started');
    await issue.startsReach(1);
    await sql(`UPDATE deliveries SET received_at = received_at - interval '1 hour'`);
    figures.exactly('after 1 hour', await send(), 'duplicate_delivery');
    await sql(`UPDATE deliveries SET received_at = received_at - interval '24 hours', body = NULL`);
    figures.exactly('after 25 hours', await send(), 'duplicate_delivery');
    await sql('DELETE FROM deliveries');
    figures.exactly('after 31 days, its row removed', await send(), 'duplicate_trigger');
    figures.exactly('starts', issue.starts(), 1);
    figures.exactly('jobs', await issue.jobs(), 1);
    figures.condition('the very bytes, identifier and signature of a stored delivery');
  });

  const sql = (text: string): Promise<unknown> => stage.inside(DataSource).query(text);
});
