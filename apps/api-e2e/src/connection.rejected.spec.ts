/** A webhook with the wrong secret: Jira calls and is turned away, and whoever looks after the connection must hear why. */
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from './stage.js';

describe('Deliveries that are not let in', () => {
  let stage: Stage;
  let ada: Browser;
  let ben: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    ben = await stage.signIn('ben');
    await stage.link(ben, ACCOUNTS.ben);
  });
  afterAll(() => stage.close());

  const reasons = async (browser: Browser): Promise<{ code: string; detail: string }[]> =>
    (await browser.get('/api/v1/integrations')).json.items.find((one: { product: string }) => one.product === 'jira-cloud').reasons;

  it('show their reason to the owner instead of "nothing has come yet", and to nobody else', async () => {
    expect((await reasons(ada)).map((one) => one.code)).toEqual(['no_delivery_yet']);
    expect((await stage.deliver(connectionId, '{}', { 'x-hub-signature': `sha256=${'0'.repeat(64)}` })).status).toBe(403);
    const seen = await eventually(() => reasons(ada), (all) => all.some((one) => one.code === 'deliveries_rejected'), 'the reason on the card');
    expect(seen).toEqual([{ code: 'deliveries_rejected', detail: expect.stringMatching(/^Jira sends deliveries, but they are not let in: the signature does not fit\. The secret differs/) }]);
    expect((await reasons(ben)).map((one) => one.code)).not.toContain('deliveries_rejected');
  });

  it('are forgotten as soon as one is let in', async () => {
    stage.comment('SHOP-12', ACCOUNTS.ben, 'An ordinary comment');
    await stage.decided(ada, 'SHOP-12');
    expect(await eventually(() => reasons(ada), (all) => all.length === 0, 'no reason left')).toEqual([]);
  });
});
