/** Row 10: deliveries that share the identifier, the bytes or the comment with an earlier one, or come to another connection. */
import { DataSource } from 'typeorm';
import { ACCOUNTS, Stage } from '../src/stage.js';
import { StoryIssue } from '../src/story-issue.js';
import { fault } from './figures.js';

describe('Deliveries that are nearly the same', () => {
  let stage: Stage;
  let issue: StoryIssue;
  let connectionId: string;
  let otherId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    const ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    otherId = await secondConnection();
    issue = new StoryIssue(stage, ada);
    stage.sandbox.jira.webhooks.hold();
  }, 300_000);

  afterAll(() => stage?.close());

  fault(10, 'the identifier, the bytes and the comment each make a delivery known, per connection', async (figures) => {
    const [sent] = issue.sentBy(() => stage.comment(issue.key, ACCOUNTS.ben, '@openhands fix it'));
    const body = sent!.body;
    const other = JSON.stringify({ ...(JSON.parse(body) as object), timestamp: 1 });
    const deliver = async (connection: string, bytes: string, identifier: string): Promise<string> => {
      const { json } = await stage.deliver(connection, bytes, { 'x-atlassian-webhook-identifier': identifier });
      return (await issue.settled(json.deliveryId as string)).id;
    };
    const first = await deliver(connectionId, body, 'one');
    const sameIdentifier = await deliver(connectionId, other, 'one');
    const sameBytes = await deliver(connectionId, body, 'two');
    const sameComment = await deliver(connectionId, other, 'three');
    await stage.deliver(otherId, body, { 'x-atlassian-webhook-identifier': 'one' });
    const rows = await sql<{ connection_id: string }>(`SELECT connection_id FROM deliveries WHERE identifier = 'one'`);

    figures.condition('one comment; same identifier and other body, same body and other identifier, both other, same identifier at two connections');
    figures.exactly('same identifier, other body: rows more', sameIdentifier === first ? 0 : 1, 0);
    figures.exactly('same body, other identifier: rows more', sameBytes === first ? 0 : 1, 0);
    figures.exactly('same comment in another delivery: rows more', sameComment === first ? 0 : 1, 1);
    figures.exactly('jobs', await issue.jobs(), 1);
    figures.exactly('repeated deliveries that are counted', (await sql<{ duplicates: number }>('SELECT duplicates FROM deliveries WHERE id = $1', [first]))[0]!.duplicates, 2);
    figures.exactly('rows of one identifier at two connections', new Set(rows.map((row) => row.connection_id)).size, 2);
  });

  const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> => stage.inside(DataSource).query<T[]>(text, values);

  /** The other company's site, with the same secret. */
  async function secondConnection(): Promise<string> {
    const { otherJira } = stage.sandbox;
    stage.sandbox.atlassian.createServiceAccount(otherJira, { name: 'OpenHands Agent', email: 'other@serviceaccount.atlassian.example', token: 'other-service-token' });
    const eve = await stage.signIn('eve');
    const created = await eve.post('/api/v1/jira-cloud/workspaces', { site: otherJira.host, webhookSecret: 'sandbox-webhook-secret', serviceAccountEmail: 'other@serviceaccount.atlassian.example', serviceAccountApiToken: 'other-service-token' });
    await stage.consent(eve, created.json.authorizationUrl, ACCOUNTS.dora);
    return created.json.connectionId;
  }
});
