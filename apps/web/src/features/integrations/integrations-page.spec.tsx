import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { IntegrationState, OAuthResult, OAuthReturnCode } from '@openhands-jira/contracts';
import { FakeServer } from '../../testing/fake-server.js';
import { connection, dataCenterFresh, dataCenterMember, dataCenterOff, dataCenterOwned, ID, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import * as codeTexts from '../../texts-of-codes.js';
import { returnTexts } from '../../texts-of-return.js';
import { texts } from '../../texts.js';

let server: FakeServer;
const LIST = 'GET /api/v1/integrations';

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer(LIST, { body: { items: [notConfigured, dataCenterOff] } });
});

describe('the integrations', () => {
  it('offer "Configure" to somebody who has nothing yet', async () => {
    openPage('/settings/integrations');
    expect(await screen.findByRole('link', { name: 'Configure: Jira Cloud' })).toHaveAttribute('href', '/settings/integrations/jira-cloud');
  });

  it('offer "Edit" to somebody with a connection', async () => {
    server.answer(LIST, { body: { items: [owned, dataCenterOff] } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('link', { name: 'Edit: Jira Cloud' })).toBeVisible();
    expect(screen.getByText('agent@example.com')).toBeVisible();
  });

  it('offer "Edit" for a set-up that waits for its consent, with the missing step beside it', async () => {
    server.answer(LIST, { body: { items: [{ ...owned, state: 'setup_incomplete', reasons: [{ code: 'proof_missing', detail: 'One step is left: your consent at Atlassian.' }], connection: { ...connection, status: 'pending' } }] } });
    openPage('/settings/integrations');
    const edit = await screen.findByRole('link', { name: 'Edit: Jira Cloud' });
    expect(edit).toHaveAttribute('data-variant', 'filled');
    expect(within(edit.closest('section')!).getByText('One step is left: your consent at Atlassian.')).toBeVisible();
  });

  it('are found under the word Settings, where the guides send people', async () => {
    openPage('/settings/integrations');
    const settings = await screen.findByRole('list', { name: 'Settings' });
    expect(within(settings).getAllByRole('link').map((link) => link.textContent)).toEqual(['Integrations', 'Account']);
    expect(screen.getByText('Settings')).toBeVisible();
  });

  it('hide a product that is switched off from members', async () => {
    openPage('/settings/integrations');
    await screen.findByRole('heading', { name: 'Jira Cloud' });
    expect(screen.queryByRole('heading', { name: 'Jira Data Center' })).not.toBeInTheDocument();
  });

  it('tell administrators what is missing', async () => {
    server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('heading', { name: 'Jira Data Center' })).toBeVisible();
    expect(screen.getByText('Jira Data Center is not enabled on this installation.').closest('section')).toHaveAttribute('data-off', 'true');
    expect(screen.getByRole('link', { name: 'Configure: Jira Cloud' }).closest('section')).not.toHaveAttribute('data-off');
  });

  it('lead administrators to the missing setting of a product that is off', async () => {
    server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('link', { name: 'Open the installation settings: Jira Data Center' })).toHaveAttribute('href', '/settings/installation');
  });

  it.each([
    ['Connect', dataCenterFresh],
    ['Set up the webhook', { ...dataCenterFresh, link: dataCenterOwned.link, capabilities: ['unlink', 'install_webhook'] }],
    ['Set up the webhook', { ...dataCenterFresh, linkMethod: 'email' }],
    ['Link account', { ...dataCenterMember, link: null, linkMethod: 'email', capabilities: ['link'] }],
    ['Connect', { ...dataCenterMember, link: null, capabilities: ['link'] }],
    ['Manage', dataCenterMember],
    ['Manage', dataCenterOwned],
  ])('offer "%s" as the one next step of Jira Data Center (%#)', async (word, integration) => {
    server.answer(LIST, { body: { items: [notConfigured, integration] } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('link', { name: `${word}: Jira Data Center` })).toHaveAttribute('href', '/settings/integrations/jira-data-center');
  });

  it.each([
    { ...dataCenterOff, state: 'not_configured', reasons: [{ code: 'ask_administrator', detail: 'Ask an administrator.' }] },
    { ...dataCenterFresh, reasons: [{ code: 'webhook_missing', detail: 'Ask an administrator.' }], capabilities: ['view_deliveries'] },
  ])('give a member no button while only somebody else can go on (%#)', async (integration) => {
    server.answer(LIST, { body: { items: [notConfigured, integration] } });
    openPage('/settings/integrations');
    expect(await screen.findByText('Ask an administrator.')).toBeVisible();
    expect(screen.queryByRole('link', { name: /: Jira Data Center/ })).not.toBeInTheDocument();
  });

  it('never look "not configured" when they could not be loaded, and can be tried again', async () => {
    server.refuse(LIST, 500, 'internal_error', 'Something went wrong on our side.');
    openPage('/settings/integrations');
    expect(await screen.findByRole('alert')).toHaveTextContent('Something went wrong on our side.');
    expect(screen.queryByText('Not configured')).not.toBeInTheDocument();
    server.answer(LIST, { body: { items: [notConfigured] } });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Not configured')).toBeVisible();
  });

  it('keep what they knew when the network goes away, say so, and heal by themselves', async () => {
    const queries = openPage('/settings/integrations');
    await screen.findByText('Not configured');
    server.answer(LIST, 'offline');
    await act(() => queries.refetchQueries({ queryKey: ['integrations'] }));
    expect(await screen.findByText('This page may be out of date')).toBeVisible();
    expect(screen.getByText(/The server cannot be reached/)).toBeVisible();
    expect(screen.getByText('Not configured')).toBeVisible();
    server.answer(LIST, { body: { items: [owned] } });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('agent@example.com')).toBeVisible();
    expect(screen.queryByText('This page may be out of date')).not.toBeInTheDocument();
  });

  it.each(IntegrationState.options)('show the state "%s" as a word', async (state) => {
    server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } }).answer(LIST, { body: { items: [{ ...owned, state }] } });
    openPage('/settings/integrations');
    expect(await screen.findByText(texts.integrationStates[state])).toBeVisible();
  });

  it.each([
    ['a token that ends soon', 'degraded', 'token_expires_soon', 'warning'],
    ['a token that has ended', 'degraded', 'token_expired', 'bad'],
    ['deliveries that are not let in', 'active', 'deliveries_rejected', 'bad'],
    ['deliveries that have not come yet', 'active', 'no_delivery_yet', 'progress'],
  ] as const)('show how urgent it is: %s', async (_, state, code, tone) => {
    server.answer(LIST, { body: { items: [{ ...owned, state, reasons: [{ code, detail: 'What to do.' }] }] } });
    openPage('/settings/integrations');
    expect((await screen.findByText('What to do.')).closest('[data-tone]')).toHaveAttribute('data-tone', tone);
  });

  it.each([
    [30, 'The token expires in 30 days', 'progress'],
    [14, 'The token expires in 14 days: renew it soon', 'warning'],
    [7, 'The token expires in 7 days: renew it this week', 'warning'],
    [1, 'The token expires within a day: renew it now', 'bad'],
  ] as const)('warn %s days before the end of the token: %s', async (daysLeft, title, tone) => {
    server.answer(LIST, { body: { items: [{ ...owned, state: 'degraded', reasons: [{ code: 'token_expires_soon', detail: 'What to do.', daysLeft }] }] } });
    openPage('/settings/integrations');
    expect((await screen.findByText(title)).closest('[data-tone]')).toHaveAttribute('data-tone', tone);
    expect(screen.getByText('Needs attention').closest('[data-tone]')).toHaveAttribute('data-tone', tone);
  });

  it('lead to each workspace of somebody who has several', async () => {
    const second = { ...owned, state: 'paused', connection: { ...connection, id: '0190a0b0-0000-7000-8000-000000000002', site: 'beta.atlassian.net' }, link: null, capabilities: [...owned.capabilities, 'configure'], linkedPeople: 0 };
    server.answer(LIST, { body: { items: [{ ...owned, others: [second] }] } });
    openPage('/settings/integrations');
    await userEvent.click(await screen.findByRole('link', { name: 'Open beta.atlassian.net' }));
    await screen.findByRole('heading', { name: 'Jira Cloud' });
    expect(await screen.findByText('beta.atlassian.net', { selector: '.mono' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Open acme.atlassian.net' })).toHaveAttribute('href', `/settings/integrations/jira-cloud?connection=${ID}`);
    expect(screen.getByRole('link', { name: 'Configure another workspace' })).toBeVisible();
  });

  it('never call active what lets no delivery in', async () => {
    server.answer(LIST, { body: { items: [{ ...owned, reasons: [{ code: 'deliveries_rejected', detail: 'What to do.' }] }] } });
    openPage('/settings/integrations');
    expect(await screen.findByText('Needs attention')).toBeVisible();
    expect(screen.queryByText('Active')).not.toBeInTheDocument();
  });

  it('say so when the answer is not what the contract says', async () => {
    server.answer(LIST, { body: { items: [{ product: 'jira-cloud' }] } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('alert')).toHaveTextContent('does not understand');
  });

  it('send a person who is not signed in to the sign-in page, and back afterwards', async () => {
    server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in.').answer('GET /auth/providers', { body: [{ id: 'github', name: 'GitHub', signInUrl: '/auth/github' }] });
    openPage('/settings/integrations');
    expect(await screen.findByRole('link', { name: 'Continue with GitHub' })).toHaveAttribute('href', '/auth/github?returnTo=%2Fsettings%2Fintegrations');
  });
});

describe('the return from Jira', () => {
  it.each(OAuthResult.options)('puts "%s" into words', async (result) => {
    openPage(`/settings/integrations/return?product=jira-cloud&result=${result}`);
    expect(await screen.findByText(codeTexts.oauthResults[result].title)).toBeVisible();
    const failed = !['linked', 'configured'].includes(result);
    expect(screen.queryAllByRole('link', { name: 'Try again' })).toHaveLength(failed ? 1 : 0);
  });

  it.each(OAuthReturnCode.options.filter((code) => returnTexts.codes[code] !== null))('says why, when the code is "%s"', async (code) => {
    openPage(`/settings/integrations/return?product=jira-cloud&result=failed&code=${code}`);
    expect(await screen.findByText(returnTexts.codes[code]!)).toBeVisible();
  });

  it('tells how to ask for work, in the words of this installation', async () => {
    server.answer(LIST, { body: { items: [{ ...owned, trigger: { mention: '@agent', label: 'agent-work' } }] } });
    openPage('/settings/integrations/return?product=jira-cloud&result=linked&code=ok');
    expect(await screen.findByText(/Mention @agent in a comment of an issue, or add the label agent-work/)).toBeVisible();
  });

  it('after configuring shows the steps for the webhook, with the URL of the workspace, and waits', async () => {
    server.answer(LIST, { body: { items: [owned] } });
    openPage('/settings/integrations/return?product=jira-cloud&result=configured&code=ok');
    expect(await screen.findByDisplayValue(owned.connection!.webhook.url)).toBeVisible();
    expect(screen.getByRole('link', { name: /Open WebHooks in Jira/ })).toHaveAttribute('href', 'https://acme.atlassian.net/plugins/servlet/webhooks');
    expect(screen.getByText('Waiting for the first signed delivery from Jira')).toBeVisible();
  });

  it('after configuring a paused workspace says that it is paused', async () => {
    server.answer(LIST, { body: { items: [{ ...owned, state: 'paused', connection: { ...owned.connection, status: 'inactive' } }] } });
    openPage('/settings/integrations/return?product=jira-cloud&result=configured&code=ok');
    expect(await screen.findByText(/This connection is paused/)).toBeVisible();
  });

  it('from Jira Data Center speaks of no choice of sites, and leads back to its own page', async () => {
    openPage('/settings/integrations/return?product=jira-data-center&result=wrong_site&code=base_url_changed');
    expect(await screen.findByText('An administrator changed the address of Jira in the meantime.')).toBeVisible();
    expect(document.body).not.toHaveTextContent('Atlassian');
    expect(screen.getByRole('link', { name: 'Try again' })).toHaveAttribute('href', '/settings/integrations/jira-data-center');
  });

  it('shows nothing of what it does not know', async () => {
    openPage('/settings/integrations/return?product=x&result=<b>odd</b>&code=raw-upstream-words');
    expect(await screen.findByRole('heading', { name: returnTexts.unknown })).toBeVisible();
    expect(document.body).not.toHaveTextContent('raw-upstream-words');
  });
});

describe('the sign-in page', () => {
  it('says clearly when no git provider is configured', async () => {
    server.answer('GET /auth/providers', { body: [] });
    openPage('/sign-in');
    expect(await screen.findByText('No git provider is configured')).toBeVisible();
  });

  it('leads on to the page that was wanted, also after a failure that knows nothing of it', async () => {
    server.answer('GET /auth/providers', { body: [{ id: 'github', name: 'GitHub', signInUrl: '/auth/github' }] });
    openPage('/sign-in?returnTo=%2Factivity%3FissueKey%3DA-1');
    const wanted = '/auth/github?returnTo=%2Factivity%3FissueKey%3DA-1';
    expect(await screen.findByRole('link', { name: 'Continue with GitHub' })).toHaveAttribute('href', wanted);
    cleanup();
    openPage('/sign-in?error=expired');
    expect(await screen.findByRole('link', { name: 'Continue with GitHub' })).toHaveAttribute('href', wanted);
    cleanup();
    openPage('/sign-in');
    expect(await screen.findByRole('link', { name: 'Continue with GitHub' })).toHaveAttribute('href', '/auth/github');
  });

  it.each(['denied', 'expired', 'unreachable', 'failed', 'unknown_provider', 'too_many_requests'])('puts the error "%s" into words', async (error) => {
    server.answer('GET /auth/providers', { body: [] });
    openPage(`/sign-in?error=${error}`);
    expect(await screen.findByRole('alert')).toHaveTextContent(texts.signIn.errors[error]!);
  });
});
