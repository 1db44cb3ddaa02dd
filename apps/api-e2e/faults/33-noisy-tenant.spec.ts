/** Row 33: one company asks for very much. Those who ask for little are answered as if they were alone. */
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { wiki } from '../../../tools/sandbox/jira-store.ts';
import { ACCOUNTS, CREDENTIALS } from '../src/stage.js';
import { scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel } from './installation.js';

const NOISE = scaled(400);
const QUIET = scaled(20);

describe('Two companies, of which one is noisy', () => {
  let installation: Installation;
  let quietId: string;

  beforeAll(async () => {
    installation = await Installation.open();
    quietId = await connectQuiet(await installation.stage.signIn('eve'));
  }, 300_000);

  afterAll(() => installation?.close());

  fault(33, 'the first comment for a quiet company does not wait behind a noisy one', async (figures) => {
    const alone = await times();
    const noise = Array.from({ length: NOISE }, () => installation.asks());
    await Promise.all(noise.map((parcel) => installation.carry(parcel)));
    const besides = await times();
    const { rows } = await installation.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM deliveries WHERE outcome = 'pending' AND connection_id = $1`, [installation.connectionId]);
    await installation.settled(noise);

    figures.condition(`${NOISE} triggers of one company at once, ${QUIET} of the other one after the other; 2 companies, not 50; ${rows[0]!.count} of the noisy one were undecided afterwards`);
    figures.within('p95 to the decision, against alone', besides / alone, 2, 'x');
    await installation.expectOneOfEach(figures, noise);
  });

  /** The p95 from receipt to decision of the quiet company. */
  async function times(): Promise<number> {
    const measured: number[] = [];
    for (let index = 0; index < QUIET; index += 1) {
      const parcel = quietAsks(index);
      const started = Date.now();
      await installation.carry(parcel);
      await eventually(async () => (await installation.database.query(`SELECT 1 FROM deliveries WHERE identifier = $1 AND outcome <> 'pending'`, [parcel.identifier])).rowCount, (count) => count === 1, 'the decision for the quiet company', 120_000);
      measured.push(Date.now() - started);
    }
    return percentile(measured, 0.95);
  }

  function quietAsks(index: number): Parcel {
    const { store, webhooks } = installation.stage.sandbox.otherJira;
    const issue = store.addIssue({ projectKey: 'GLOB', summary: `Small wish ${index}`, description: null, reporterId: ACCOUNTS.dora });
    store.addComment(issue, { authorId: ACCOUNTS.dora, body: wiki('@openhands please') });
    const { identifier, body } = webhooks.deliveries.at(-1)!;
    return { connectionId: quietId, issueId: issue.id, issueKey: issue.key, identifier, body, asks: true, acknowledged: 0 };
  }

  async function connectQuiet(eve: Browser): Promise<string> {
    const { stage } = installation;
    const { atlassian, otherJira } = stage.sandbox;
    const account = { name: 'OpenHands Agent', email: 'other@serviceaccount.atlassian.example', token: 'other-service-token' };
    atlassian.createServiceAccount(otherJira, account);
    const created = await eve.post('/api/v1/jira-cloud/workspaces', { site: otherJira.host, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: account.email, serviceAccountApiToken: account.token });
    await stage.consent(eve, created.json.authorizationUrl, ACCOUNTS.dora);
    otherJira.webhooks.register({ name: 'OpenHands', url: `${stage.url}/integration/jira/connections/${created.json.connectionId}/events`, secret: CREDENTIALS.webhookSecret, events: ['comment_created'] });
    otherJira.webhooks.hold();
    return created.json.connectionId;
  }
});
