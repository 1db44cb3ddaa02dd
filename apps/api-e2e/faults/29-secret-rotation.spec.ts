/** Row 29: the webhook's secret is replaced while deliveries come in. Both count for a while; then the former one opens nothing. */
import { CREDENTIALS } from '../src/stage.js';
import { atRate, pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const PER_SECOND = 100;
const DELIVERIES = scaled(1000);
const NEW_SECRET = 'the-secret-that-comes-after-the-former-one';

describe('A webhook whose secret is replaced', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 2, workers: 1 });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(29, 'no delivery is refused while the secret is replaced, and none of the former one is let in afterwards', async (figures) => {
    const parcels = Array.from({ length: DELIVERIES }, () => installation.remark());
    const replaced = replaceSecret();
    const isReplaced = { yes: false };
    // All doors know of an edit within a second; nobody pastes a secret into Jira faster.
    void replaced.then(() => pause(1000)).then(() => (isReplaced.yes = true));
    const answers = await atRate(parcels, PER_SECOND, async (parcel, index) => {
      // Jira has the new secret at some moment after we do; until then, and in flight, the former one is used.
      const secret = isReplaced.yes && index % 2 === 0 ? NEW_SECRET : CREDENTIALS.webhookSecret;
      return { secret, ...(await installation.knock(parcel, undefined, secret)) };
    });
    await replaced;
    await installation.database.query(`UPDATE connections SET previous_secret_until = now() - interval '1 second', version = version + 1 WHERE id = $1`, [installation.connectionId]);
    await pause(1000);
    const late = await Promise.all(Array.from({ length: 10 }, () => installation.knock(installation.remark())));
    const current = await Promise.all(Array.from({ length: 10 }, () => installation.knock(installation.remark(), undefined, NEW_SECRET)));

    figures.condition(`${DELIVERIES} deliveries at ${PER_SECOND}/s over 2 doors, ${answers.filter((one) => one.secret === NEW_SECRET).length} of them with the new secret`);
    figures.exactly('answers other than 200 and 503', answers.filter((one) => one.status !== 200 && one.status !== 503).length, 0);
    figures.within('answers of 503', answers.filter((one) => one.status === 503).length, 0, '');
    figures.exactly('refused of 10 with the former secret after its time', late.filter((one) => one.status === 403).length, 10);
    figures.exactly('let in of 10 with the new secret', current.filter((one) => one.status === 200).length, 10);
  });

  async function replaceSecret(): Promise<void> {
    const { ada, stage, connectionId } = installation;
    const edited = await ada.request('PATCH', `/api/v1/jira-cloud/workspaces/${connectionId}`, { webhookSecret: NEW_SECRET });
    if (edited.status !== 200) throw new Error(`The secret was not taken: ${edited.text}`);
    await stage.consent(ada, edited.json.authorizationUrl, '712020:0a0a0a0a-1111-4111-8111-000000010101');
  }
});
