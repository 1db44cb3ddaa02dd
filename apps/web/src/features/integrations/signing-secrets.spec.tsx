import { screen, waitFor } from '@testing-library/react';
import { FakeServer } from '../../testing/fake-server.js';
import { connection, dataCenterConnection, dataCenterOff, dataCenterOwned, ID, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const CLOUD = '/settings/integrations/jira-cloud';
const DATA_CENTER = '/settings/integrations/jira-data-center';
const CHANGED = '2026-11-20T10:00:00.000Z';
const TITLE = 'Two webhook secrets count at the moment';
const secrets = (previousSecretUntil: string | null) => ({ secretSetAt: CHANGED, previousSecretUntil });
const FORMER_COUNTS = '2099-11-21T10:00:00.000Z';
const COUNTED = { check: 'signing_secret', result: 'fail', detail: '3 of 5 deliveries of the last 24 hours were signed with the previous secret. So was the newest one.', hint: 'Enter the present secret in the webhook in Jira.', at: null };

function see(items: object[], testedAt: string): void {
  new FakeServer().answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items } }).answer(`GET /api/v1/connections/${ID}/tests`, { body: { latest: { testedAt, items: [COUNTED] }, days: [], callbackUrl: null } });
}
const cloud = (previousSecretUntil: string | null) => [{ ...owned, connection: { ...connection, webhook: { ...connection.webhook, ...secrets(previousSecretUntil) } } }, dataCenterOff];
const dataCenter = [notConfigured, { ...dataCenterOwned, connection: { ...dataCenterConnection, webhook: { ...dataCenterConnection.webhook, ...secrets(FORMER_COUNTS) } } }];

describe('while two webhook secrets count', () => {
  it.each([['a workspace', CLOUD, cloud(FORMER_COUNTS)], ['a Jira Data Center', DATA_CENTER, dataCenter]])('the owner of %s reads how many deliveries each of them signed', async (_, page, items) => {
    see(items, '2026-11-20T11:00:00.000Z');
    openPage(page);
    const notice = (await screen.findByText(TITLE)).closest('.ui-notice');
    await waitFor(() => expect(notice).toHaveTextContent('3 of 5 deliveries of the last 24 hours were signed with the previous secret. So was the newest one. Enter the present secret in the webhook in Jira.'));
  });

  it('a test from before the change counts for nothing', async () => {
    see(cloud(FORMER_COUNTS), '2026-11-20T09:00:00.000Z');
    openPage(CLOUD);
    expect((await screen.findByText(TITLE)).closest('.ui-notice')).toHaveTextContent('Test, under Health, counts how many deliveries were signed with each of them.');
  });

  it('nothing is said of them when one counts', async () => {
    see(cloud('2026-11-21T10:00:00.000Z'), '2026-11-20T11:00:00.000Z');
    openPage(CLOUD);
    expect(await screen.findByText('Webhook Secret')).toBeVisible();
    expect(screen.queryByText(TITLE)).toBeNull();
  });
});
