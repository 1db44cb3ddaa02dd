import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { OAuthResult } from '@openhands-jira/contracts';
import { FakeServer } from '../../testing/fake-server.js';
import { dataCenterFresh, dataCenterMember, dataCenterOff, dataCenterOwned, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
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

  it('hide a product that is switched off from members', async () => {
    openPage('/settings/integrations');
    await screen.findByRole('heading', { name: 'Jira Cloud' });
    expect(screen.queryByRole('heading', { name: 'Jira Data Center' })).not.toBeInTheDocument();
  });

  it('tell administrators what is missing', async () => {
    server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('heading', { name: 'Jira Data Center' })).toBeVisible();
    expect(screen.getByText('Jira Data Center is not enabled on this installation.')).toBeVisible();
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
    expect(await screen.findByText(texts.oauthResults[result].title)).toBeVisible();
    const failed = !['linked', 'configured'].includes(result);
    expect(screen.queryAllByRole('link', { name: 'Try again' })).toHaveLength(failed ? 1 : 0);
  });

  it('from Jira Data Center speaks of no choice of sites, and leads back to its own page', async () => {
    openPage('/settings/integrations/return?product=jira-data-center&result=wrong_site&code=base_url_changed');
    expect(await screen.findByText('An administrator changed the address of Jira in the meantime.')).toBeVisible();
    expect(document.body).not.toHaveTextContent('Atlassian');
    expect(screen.getByRole('link', { name: 'Try again' })).toHaveAttribute('href', '/settings/integrations/jira-data-center');
  });

  it('shows nothing of what it does not know', async () => {
    openPage('/settings/integrations/return?product=x&result=<b>odd</b>&code=raw-upstream-words');
    expect(await screen.findByRole('heading', { name: texts.returned.unknown })).toBeVisible();
    expect(document.body).not.toHaveTextContent('raw-upstream-words');
  });
});

describe('the sign-in page', () => {
  it('says clearly when no git provider is configured', async () => {
    server.answer('GET /auth/providers', { body: [] });
    openPage('/sign-in');
    expect(await screen.findByText('No git provider is configured')).toBeVisible();
  });

  it.each(['denied', 'expired', 'unreachable', 'failed', 'unknown_provider', 'too_many_requests'])('puts the error "%s" into words', async (error) => {
    server.answer('GET /auth/providers', { body: [] });
    openPage(`/sign-in?error=${error}`);
    expect(await screen.findByRole('alert')).toHaveTextContent(texts.signIn.errors[error]!);
  });
});
