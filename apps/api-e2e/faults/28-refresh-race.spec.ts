/** Row 28: a hundred jobs of one person need a git provider's token at the moment when it has expired, in four workers. */
import { scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';
import { seeCalls } from './seen-calls.js';

const JOBS = scaled(100);

describe('Four workers and a token that has just expired', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 4 });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(28, 'a token that a hundred jobs need at once is refreshed once', async (figures) => {
    const { gitlab } = installation.stage.sandbox;
    gitlab.standIn.faults.add({ path: '/oauth/token', effect: { kind: 'delay', ms: 500 }, times: Infinity });
    await installation.stage.signInWith(await installation.stage.signIn('ben'), 'ben', 'gitlab');
    const calls = seeCalls(gitlab.standIn);
    gitlab.oauth.expireAccessTokens();
    await installation.database.query(`UPDATE identities SET access_token_expires_at = now() - interval '1 second' WHERE provider = 'gitlab'`);
    const parcels = Array.from({ length: JOBS }, () => installation.asks(undefined, { description: 'Repository: https://127.0.0.1/acme/platform/billing/service' }));
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);

    figures.condition(`${JOBS} triggers at once, 4 workers, the token endpoint takes 500 ms, refresh tokens work once`);
    figures.exactly('refresh calls', calls.filter((one) => one.path.startsWith('/oauth/token')).length, 1);
    await installation.expectOneOfEach(figures, parcels);
  });
});
