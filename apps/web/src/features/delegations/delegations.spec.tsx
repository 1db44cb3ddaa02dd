import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { dataCenterOff, dataCenterOwned, ID, linkedOnly, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const CLOUD = '/settings/integrations/jira-cloud';
const DATA_CENTER = '/settings/integrations/jira-data-center';
const PATH = `/api/v1/connections/${ID}/delegation`;
const TOKEN = 'x'.repeat(43);
const URL_OF_LINK = `https://openhands.example.com/settings/webhook-for-jira#${TOKEN}`;
const LATER = '2099-11-27T10:00:00.000Z';
const AT = '2026-11-20T10:00:00.000Z';
const waiting = { madeAt: AT, expiresAt: LATER, openedAt: null };

let server: FakeServer;

function see(...items: object[]): void {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items } });
}
const state = (delegation: object | null): FakeServer => server.answer(`GET ${PATH}`, { body: { delegation } });

describe('asking a Jira administrator for the webhook', () => {
  it('makes a link that is shown once, and says that it waits', async () => {
    see(owned, dataCenterOff);
    state(null);
    const queries = openPage(CLOUD);
    await userEvent.click(await screen.findByText('Somebody else is the Jira administrator'));
    server.answer(`POST ${PATH}`, { body: { url: URL_OF_LINK, expiresAt: LATER } });
    state(waiting);
    await userEvent.click(screen.getByRole('button', { name: 'Make a link' }));
    expect(await screen.findByLabelText('Link for the Jira administrator')).toHaveValue(URL_OF_LINK);
    expect(await screen.findByText(/^A link was made and has not been opened yet/)).toBeVisible();
    expect(JSON.stringify(queries.getQueryCache().getAll().map((one) => one.state.data))).not.toContain(TOKEN);
  });

  it('tells when it was opened, and withdraws one that was not', async () => {
    see(notConfigured, dataCenterOwned);
    state(waiting).answer(`DELETE ${PATH}`, { status: 204 });
    openPage(DATA_CENTER);
    await userEvent.click(await screen.findByRole('button', { name: 'Reinstall' }));
    await userEvent.click(await screen.findByRole('radio', { name: 'Set it up in Jira myself' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Withdraw the link' }));
    state(null);
    expect(await screen.findByText('The link is withdrawn. It opens nothing any more.')).toBeVisible();
    expect(server.callsOf(`DELETE ${PATH}`)).toHaveLength(1);
  });

  it.each([
    [{ ...waiting, openedAt: AT }, /^The link was opened\. What is left is the webhook in Jira\./],
    [{ ...waiting, expiresAt: AT }, /^The last link was not opened in time/],
  ])('says how the link stands (%#)', async (delegation, words) => {
    see(owned, dataCenterOff);
    state(delegation);
    openPage(CLOUD);
    expect(await screen.findByText(words)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Withdraw the link' })).toBeNull();
  });

  it('says why there is no link', async () => {
    see(owned, dataCenterOff);
    state(null).refuse(`POST ${PATH}`, 409, 'conflict', 'One step is left before: give your consent first.');
    openPage(CLOUD);
    await userEvent.click(await screen.findByText('Somebody else is the Jira administrator'));
    await userEvent.click(screen.getByRole('button', { name: 'Make a link' }));
    expect(await screen.findByText('One step is left before: give your consent first.')).toBeVisible();
    expect(screen.queryByLabelText('Link for the Jira administrator')).toBeNull();
  });

  it('is nothing for a linked member', async () => {
    see(linkedOnly, dataCenterOff);
    openPage(CLOUD);
    expect(await screen.findByRole('button', { name: 'Unlink' })).toBeVisible();
    expect(screen.queryByText('Somebody else is the Jira administrator')).toBeNull();
    expect(server.callsOf(`GET ${PATH}`)).toEqual([]);
  });
});

describe('what a Jira administrator sees who opens the link', () => {
  const OPEN = 'POST /api/v1/delegations/open';
  const instructions = { connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', siteUrl: 'https://acme.atlassian.net', askedBy: 'Ada Admin', webhookUrl: 'https://openhands.example.com/hook', events: ['comment_created', 'jira:issue_updated'], secret: 'the-secret-of-the-link' };
  const show = async (): Promise<void> => userEvent.click(await screen.findByRole('button', { name: 'Show the details' }));

  it.each([['signed out', 401], ['signed in', 200]])('is the instructions for Jira, once they are asked for (%s)', async (_, status) => {
    see();
    if (status === 401) server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in first.');
    server.answer(OPEN, { body: instructions });
    const queries = openPage(`/settings/webhook-for-jira#${TOKEN}`);
    expect(await screen.findByRole('heading', { name: 'Create the webhook in Jira', level: 1 })).toBeVisible();
    expect(server.callsOf(OPEN)).toEqual([]);
    await waitFor(() => expect(window.location.href).not.toContain(TOKEN));
    await show();
    const region = await screen.findByRole('region', { name: 'Ada Admin asks you to create this webhook in acme.atlassian.net.' });
    expect(within(region).getByLabelText('Webhook URL')).toHaveValue(instructions.webhookUrl);
    expect(within(region).getByLabelText('Secret')).toHaveValue(instructions.secret);
    expect(region).toHaveTextContent('Comment created');
    expect(within(region).getByRole('link', { name: /^Open WebHooks in Jira/ })).toHaveAttribute('href', 'https://acme.atlassian.net/plugins/servlet/webhooks');
    expect(server.callsOf(OPEN).map((call) => call.body)).toEqual([{ token: TOKEN }]);
    expect(screen.queryByRole('button', { name: 'Show the details' })).toBeNull();
    expect(JSON.stringify(queries.getQueryCache().getAll().map((one) => one.state.data))).not.toContain(instructions.secret);
  });

  it('is the reason when the link opens nothing', async () => {
    see();
    server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in first.').refuse(OPEN, 404, 'not_found', 'This link does not work: it was opened before.');
    openPage(`/settings/webhook-for-jira#${TOKEN}`);
    await show();
    expect(await screen.findByRole('alert')).toHaveTextContent('This link does not work: it was opened before.');
  });

  it('is what to do when the link is cut off', async () => {
    see();
    server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in first.');
    openPage('/settings/webhook-for-jira');
    expect(await screen.findByText('The link is not complete')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show the details' })).toBeNull();
  });
});
