import { type UnlinkedAccount, UnlinkedState } from '@openhands-jira/contracts';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { CONNECTION_LINKS, CONNECTION_UNLINKED, dataCenterOff, ID, linkedOnly, me, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { peopleTexts } from '../../texts-of-people.js';

const PAGE = '/settings/integrations/jira-cloud';
const ASKED = 'Jira accounts that asked without being linked, the latest first';
const nora: UnlinkedAccount = {
  connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', jiraDisplayName: 'Nora', jiraAccountId: '712020:nora', state: 'no_account', reason: 'user_no_account', detail: 'Nobody here has the e-mail address that Jira shows.', lostRequests: 3, lastLostAt: '2026-11-20T08:00:00.000Z', lastDeliveryId: ID,
};
const kim: UnlinkedAccount = { ...nora, jiraDisplayName: 'Kim', jiraAccountId: '712020:kim', state: 'link_ended', reason: 'user_link_expired', lostRequests: 1, lastDeliveryId: '0190a0b0-0000-7000-8000-000000000002' };

let server: FakeServer;

function see(integration: object, ...items: UnlinkedAccount[]): void {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items: [integration, dataCenterOff] } });
  server.answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [], nextCursor: null } }).answer(`GET ${CONNECTION_UNLINKED}`, { body: { items, nextCursor: null } }).answer(`GET /api/v1/connections/${ID}/tests`, { body: { callbackUrl: null, latest: null, days: [] } });
}

describe('people who asked in Jira without being linked', () => {
  it.each(UnlinkedState.options)('have words for the state "%s", and what to do', (state) => {
    expect(peopleTexts.unlinked.states[state]).toMatch(/^[A-Z]/);
    expect(peopleTexts.unlinked.todo[state]).toMatch(/^[A-Z].*\.$/);
  });

  it('are listed for the owner: who, why, what to do, how much was lost and when, and the address to send them', async () => {
    see({ ...owned, linkedPeople: 0 }, nora, kim);
    openPage(PAGE);
    const table = await screen.findByRole('table', { name: ASKED });
    for (const words of ['Nora', '712020:nora', 'No account here', 'Nobody here has the e-mail address', 'Send them the address: they sign in', '3 requests', 'Kim', 'One request', 'Link has ended']) expect(table).toHaveTextContent(words);
    expect(screen.getByRole('link', { name: 'Open the latest lost request of Nora' })).toHaveAttribute('href', `/deliveries/${ID}`);
    expect(screen.getByLabelText('Address to send them')).toHaveValue(`${window.location.origin}/settings/integrations`);
    expect(screen.queryByRole('heading', { name: 'Linked people' })).not.toBeInTheDocument();
  });

  it('are shown page by page', async () => {
    see(owned);
    server.answer(`GET ${CONNECTION_UNLINKED}`, { body: { items: [nora], nextCursor: 'next' } }).answer(`GET ${CONNECTION_UNLINKED}&cursor=next`, { body: { items: [kim], nextCursor: null } });
    openPage(PAGE);
    await screen.findByRole('table', { name: ASKED });
    await userEvent.click(screen.getByRole('button', { name: 'Show older ones' }));
    expect(await screen.findByText('Kim')).toBeVisible();
    expect(screen.getByText('Nora')).toBeVisible();
  });

  it('take no place on the page while there is nobody', async () => {
    see(owned);
    openPage(PAGE);
    expect(await screen.findByRole('heading', { name: 'Linked people' })).toBeVisible();
    expect(server.callsOf(`GET ${CONNECTION_UNLINKED}`)).toHaveLength(1);
    expect(screen.queryByRole('heading', { name: 'Asked, but not linked' })).not.toBeInTheDocument();
  });

  it('can be asked for again when the list could not be loaded', async () => {
    see(owned);
    server.refuse(`GET ${CONNECTION_UNLINKED}`, 403, 'forbidden', 'Not for you.');
    openPage(PAGE);
    await screen.findByRole('heading', { name: 'Asked, but not linked' });
    server.answer(`GET ${CONNECTION_UNLINKED}`, { body: { items: [nora], nextCursor: null } });
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table', { name: ASKED })).toBeVisible();
  });

  it('are not asked for by a linked member', async () => {
    see(linkedOnly, nora);
    openPage(PAGE);
    expect(await screen.findByRole('button', { name: 'Unlink' })).toBeVisible();
    expect(server.callsOf(`GET ${CONNECTION_UNLINKED}`)).toEqual([]);
  });
});
