/** Row 8: Jira stores a comment and its answer never arrives. The comment is searched by its mark before it is sent again. */
import { fault } from './figures.js';
import { Installation } from './installation.js';
import { seeCalls } from './seen-calls.js';

const ISSUES = 30;
const LOST_ANSWERS = 20;
const HANGING = 2;
/** Longer than the service waits for any answer. */
const HANG_MS = 22_000;

describe('A Jira that stores comments and does not answer', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(8, 'a comment whose answer got lost is written once', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    const comments = { method: 'POST', path: /\/comment$/ };
    const calls = seeCalls(standIn);
    standIn.faults.add({ ...comments, effect: { kind: 'delay', ms: HANG_MS }, times: HANGING });
    standIn.faults.add({ ...comments, effect: { kind: 'lost-answer' }, times: LOST_ANSWERS });
    const parcels = Array.from({ length: ISSUES }, () => installation.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);
    const unanswered = standIn.faults.list().length;

    figures.condition(`${ISSUES} triggers; ${LOST_ANSWERS} comments stored and the connection cut, ${HANGING} stored and never answered in time`);
    figures.exactly('faults that were not met', unanswered, 0);
    await installation.expectOneOfEach(figures, parcels);
    figures.exactly('comments sent', calls.filter((one) => one.method === 'POST' && /\/comment$/.test(one.path)).length, ISSUES * 2);
  });
});
