import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ProblemCode } from '@openhands-jira/contracts';
import type { QueryClient } from '@tanstack/react-query';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { CONNECTION_LINKS, CONNECTION_UNLINKED, dataCenterConnection, dataCenterFresh, dataCenterMember, dataCenterOff, dataCenterOwned, ID, linkOfLin, me, notConfigured } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { dataCenterTexts } from '../../texts-of-data-center.js';

const PAGE = '/settings/integrations/jira-data-center';
const LIST = 'GET /api/v1/integrations';
const LINK = 'POST /api/v1/jira-data-center/link';
const WEBHOOK = 'PUT /api/v1/jira-data-center/webhook';
const CONFIRM = 'POST /api/v1/jira-data-center/webhook/confirmation';
const ROTATE = 'POST /api/v1/jira-data-center/webhook/rotation';
const CONNECTION = '/api/v1/jira-data-center/connection';
const DETAILS = { connectionId: ID, webhookUrl: dataCenterConnection.webhook.url, secret: 'the-one-time-secret', events: ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted', 'comment_created', 'comment_updated', 'comment_deleted'], previousSecretUntil: null };

const pending = { ...dataCenterFresh, link: dataCenterOwned.link, connection: { ...dataCenterConnection, status: 'pending', webhook: { ...dataCenterConnection.webhook, mode: 'manual', confirmedAt: null, lastDeliveryAt: null } }, capabilities: ['unlink', 'install_webhook', 'remove'] };
const waiting = { ...dataCenterOwned, connection: { ...dataCenterConnection, webhook: { ...dataCenterConnection.webhook, lastDeliveryAt: null } } };

let server: FakeServer;
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const token = () => screen.findByLabelText(/Personal access token of a Jira administrator/, { selector: 'input' });

function seeAs(integration: object, who: object = {}): void {
  server.answer('GET /api/v1/me', { body: { ...me, ...who } }).answer(LIST, { body: { items: [notConfigured, integration] } }).answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [], nextCursor: null } }).answer(`GET ${CONNECTION_UNLINKED}`, { body: { items: [], nextCursor: null } });
}

function kept(queries: QueryClient): string {
  return JSON.stringify([queries.getQueryCache().getAll().map(({ state }) => state), queries.getMutationCache().getAll()]);
}

async function install(value = 'admin-token-value'): Promise<void> {
  await fill(await token(), value);
  await press('Install the webhook');
}

beforeEach(() => {
  server = new FakeServer();
});

describe('before there is anything to set up', () => {
  it('members read whom to ask', async () => {
    seeAs({ ...dataCenterOff, state: 'not_configured', reasons: [{ code: 'ask_administrator', detail: 'Not set up yet. Ask an administrator.' }] });
    openPage(PAGE);
    expect(await screen.findByText('Not set up yet. Ask an administrator.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Connect' })).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Open the installation settings' })).not.toBeInTheDocument();
  });

  it('administrators get the way to the settings', async () => {
    seeAs(dataCenterOff, { isAdmin: true });
    openPage(PAGE);
    expect(await screen.findByRole('link', { name: 'Open the installation settings' })).toHaveAttribute('href', '/settings/installation');
  });
});

describe('the own account', () => {
  it('says why Jira cannot be reached instead of leaving', async () => {
    seeAs(dataCenterFresh);
    server.refuse(LINK, 502, 'jira_unreachable', 'No connection to jira.example.com can be made.');
    openPage(PAGE);
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('No connection to jira.example.com can be made.');
  });

  it('never opens an address that is no web address', async () => {
    seeAs(dataCenterFresh);
    server.answer(LINK, { body: { authorizationUrl: 'javascript:alert(1)' } });
    openPage(PAGE);
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('an address that this page does not open');
  });

  it('is linked at once where the e-mail address decides, and the page says so', async () => {
    seeAs({ ...dataCenterMember, link: null, linkMethod: 'email', capabilities: ['link'], trigger: { mention: '@agent', label: 'agent-work' } });
    server.answer(LINK, { body: { link: { ...dataCenterOwned.link, method: 'email' } } });
    openPage(PAGE);
    expect(await screen.findByText(/your e-mail address decides/)).toBeVisible();
    await press('Link account');
    expect(await screen.findByText('Your account is linked as Mia Krystof.')).toBeVisible();
    expect(screen.getByText(/Mention @agent in a comment of an issue, or add the label agent-work/)).toBeVisible();
    await waitFor(() => expect(document.activeElement).toHaveTextContent('Your account is linked as Mia Krystof.'));
  });

  it('is unlinked after a question that names the site', async () => {
    seeAs(dataCenterMember);
    server.answer('DELETE /api/v1/jira-data-center/link', { status: 204 });
    openPage(PAGE);
    await press('Unlink');
    const dialog = screen.getByRole('dialog', { name: 'Unlink your Jira account?' });
    expect(dialog).toHaveTextContent('jira.example.com');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Unlink' }));
    expect(await screen.findByText('Your Jira account is unlinked.')).toBeVisible();
  });
});

describe('a member', () => {
  it.each([dataCenterMember, { ...dataCenterMember, link: null, capabilities: ['link'] }])('sees the own account only, and no word of an administrator token (%#)', async (integration) => {
    seeAs(integration);
    openPage(PAGE);
    await screen.findByRole('heading', { name: 'Your Jira account' });
    expect(screen.queryByRole('heading', { name: 'Webhook' })).not.toBeInTheDocument();
    expect(document.body).not.toHaveTextContent(/administrator/i);
  });

  it('reads that somebody else is setting the webhook up', async () => {
    seeAs({ ...pending, capabilities: ['unlink'] });
    openPage(PAGE);
    expect(await screen.findByText(/The person who began it, or an administrator, has to finish it/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'I created the webhook' })).not.toBeInTheDocument();
  });
});

describe('installing the webhook automatically', () => {
  beforeEach(() => seeAs(dataCenterFresh));

  it('leads to the page in Jira where tokens are made, before there is a connection', async () => {
    seeAs({ ...dataCenterFresh, siteUrl: 'https://jira.example.com/jira' });
    openPage(PAGE);
    expect(await screen.findByRole('link', { name: /Open your profile in Jira/ })).toHaveAttribute('href', 'https://jira.example.com/jira/secure/ViewProfile.jspa');
  });

  it('uses the token once, forgets it, and goes on waiting for the first delivery', async () => {
    server.answer(WEBHOOK, { body: { connectionId: ID, webhookUrl: DETAILS.webhookUrl, installed: true } });
    const queries = openPage(PAGE);
    await fill(await token(), 'admin-token-value');
    seeAs(waiting);
    await press('Install the webhook');
    expect(await screen.findByText('The webhook is installed in Jira')).toBeVisible();
    expect(screen.getByText('Waiting for the first signed delivery from Jira')).toBeVisible();
    expect(server.callsOf(WEBHOOK).map(({ body }) => body)).toEqual([{ mode: 'automatic', adminToken: 'admin-token-value' }]);
    expect(kept(queries)).not.toContain('admin-token-value');
    expect(document.body.innerHTML).not.toContain('admin-token-value');
    await waitFor(() => expect(document.activeElement).toHaveTextContent('The webhook is installed in Jira'));
  });

  it('asks for the token when the field is empty, and sends nothing', async () => {
    openPage(PAGE);
    await press('Install the webhook');
    expect(await screen.findByText('Paste the value.')).toBeVisible();
    expect(await token()).toHaveFocus();
    expect(server.callsOf(WEBHOOK)).toEqual([]);
  });

  it.each<ProblemCode>(['jira_unreachable', 'tls_untrusted', 'webhook_api_missing', 'jira_unexpected_answer', 'jira_missing_permission'])('puts "%s" into words, once, with the manual way', async (code) => {
    server.refuse(WEBHOOK, 502, code, 'What happened, and what to do.');
    openPage(PAGE);
    await install();
    expect(await screen.findByRole('alert')).toHaveTextContent(dataCenterTexts.failures[code]!);
    expect(screen.getAllByText('What happened, and what to do.')).toHaveLength(1);
    await press('Set it up in Jira myself');
    expect(screen.getByRole('radio', { name: 'Set it up in Jira myself' })).toBeChecked();
    expect(screen.getByRole('button', { name: 'Generate webhook details' })).toBeVisible();
  });

  it.each<ProblemCode>(['jira_not_admin', 'jira_rejected_credentials'])('says "%s" at the field, once, and keeps what was typed', async (code) => {
    server.refuse(WEBHOOK, 422, code, 'This token will not do.', [{ path: 'adminToken', message: 'This token will not do.' }]);
    openPage(PAGE);
    await install();
    expect(await screen.findAllByText('This token will not do.')).toHaveLength(1);
    expect(await token()).toHaveAccessibleDescription(/This token will not do/);
    expect(await token()).toHaveValue('admin-token-value');
    expect(screen.getByRole('button', { name: 'Set it up in Jira myself' })).toBeVisible();
  });

  it('offers no way round when this Jira cannot sign', async () => {
    server.refuse(WEBHOOK, 422, 'webhook_not_signed', 'Upgrade Jira to 10.3 or later.');
    openPage(PAGE);
    await install();
    expect(await screen.findByRole('alert')).toHaveTextContent('Upgrade Jira to 10.3 or later.');
    expect(screen.queryByRole('button', { name: 'Set it up in Jira myself' })).not.toBeInTheDocument();
  });

  it('shows administrators the way to the certificates', async () => {
    seeAs(dataCenterFresh, { isAdmin: true });
    server.refuse(WEBHOOK, 502, 'tls_untrusted', 'Upload the CA certificate.');
    openPage(PAGE);
    await install();
    expect(within(await screen.findByRole('alert')).getByRole('link', { name: 'Open the installation settings' })).toBeVisible();
  });
});

describe('setting the webhook up by hand', () => {
  async function generate(): Promise<void> {
    await userEvent.click(await screen.findByRole('radio', { name: 'Set it up in Jira myself' }));
    seeAs(pending);
    await press('Generate webhook details');
    await screen.findByDisplayValue('the-one-time-secret');
  }

  beforeEach(() => {
    seeAs({ ...dataCenterFresh, link: dataCenterOwned.link });
    server.answer(WEBHOOK, { body: DETAILS });
  });

  it('shows URL, secret, the six events and the way to the page in Jira', async () => {
    const queries = openPage(PAGE);
    await generate();
    expect(screen.getByDisplayValue(DETAILS.webhookUrl)).toBeVisible();
    for (const event of DETAILS.events) expect(screen.getByText(event)).toBeVisible();
    expect(screen.getByText(/The request body must be included/)).toBeVisible();
    expect(await screen.findByRole('link', { name: /Open WebHooks in Jira/ })).toHaveAttribute('href', 'https://jira.example.com/plugins/servlet/webhooks');
    expect(kept(queries)).not.toContain('the-one-time-secret');
  });

  it('keeps the details while somebody looks at the other way', async () => {
    openPage(PAGE);
    await generate();
    await userEvent.click(screen.getByRole('radio', { name: 'Install automatically' }));
    await userEvent.click(screen.getByRole('radio', { name: 'Set it up in Jira myself' }));
    expect(screen.getByDisplayValue('the-one-time-secret')).toBeVisible();
  });

  it('forgets the secret after "I created the webhook", and waits for the first delivery', async () => {
    server.answer(CONFIRM, { body: dataCenterConnection });
    openPage(PAGE);
    await generate();
    seeAs(waiting);
    await press('I created the webhook');
    expect(await screen.findByText('The connection is active')).toBeVisible();
    expect(screen.getByText('Waiting for the first signed delivery from Jira')).toBeVisible();
    expect(document.body.innerHTML).not.toContain('the-one-time-secret');
  });

  it('can be finished later, with a new secret for the same URL', async () => {
    seeAs(pending);
    openPage(PAGE);
    expect(await screen.findByText('The details were generated, and nobody has confirmed them yet')).toBeVisible();
    expect(screen.getByDisplayValue(dataCenterConnection.webhook.url)).toBeVisible();
    expect(screen.getByRole('button', { name: 'I created the webhook' })).toBeVisible();
    await press('Generate again');
    expect(await screen.findByDisplayValue('the-one-time-secret')).toBeVisible();
  });

  it('tells of the first delivery before the confirmation, because somebody else may have created the webhook', async () => {
    seeAs({ ...pending, connection: { ...pending.connection, webhook: { ...pending.connection.webhook, lastDeliveryAt: '2026-11-20T08:00:00.000Z' } } });
    openPage(PAGE);
    expect(await screen.findByText(/^The first delivery has arrived, so the webhook is there\./)).toBeVisible();
    expect(screen.getByText('Jira reaches us, and the signature is right.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'I created the webhook' })).toBeVisible();
  });

  it('says in words what comes first', async () => {
    seeAs(dataCenterFresh);
    server.refuse(WEBHOOK, 403, 'forbidden', 'Connect your own Jira account first.');
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('radio', { name: 'Set it up in Jira myself' }));
    expect(screen.getByText(dataCenterTexts.linkFirst)).toBeVisible();
    await press('Generate webhook details');
    expect(await screen.findByRole('alert')).toHaveTextContent('Connect your own Jira account first.');
  });
});

describe('a webhook that is set up', () => {
  beforeEach(() => seeAs(dataCenterOwned));

  it('lists the linked people for those who look after it', async () => {
    seeAs(dataCenterOwned);
    server.answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [linkOfLin], nextCursor: null } });
    openPage(PAGE);
    expect(await screen.findByRole('table', { name: 'Links, the newest first' })).toHaveTextContent('Lin in Jira');
  });

  it('is paused with one click and resumed with another', async () => {
    server.answer(`PATCH ${CONNECTION}`, { body: dataCenterConnection });
    openPage(PAGE);
    await screen.findByRole('button', { name: 'Pause' });
    seeAs({ ...dataCenterOwned, state: 'paused' });
    await press('Pause');
    expect(await screen.findByText('The connection is paused.')).toBeVisible();
    seeAs(dataCenterOwned);
    await press('Resume');
    expect(await screen.findByText('The connection works again.')).toBeVisible();
    expect(server.callsOf(`PATCH ${CONNECTION}`).map(({ body }) => body)).toEqual([{ active: false }, { active: true }]);
  });

  it('shows a new secret once, with the end of the former one', async () => {
    server.answer(ROTATE, { body: { ...DETAILS, previousSecretUntil: '2099-01-01T00:00:00.000Z' } });
    const queries = openPage(PAGE);
    await press('Rotate secret');
    const dialog = screen.getByRole('dialog', { name: 'Rotate the secret?' });
    expect(dialog).toHaveTextContent('valid for 24 hours');
    expect(dialog).toHaveTextContent(dataCenterConnection.webhook.url);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Rotate secret' }));
    expect(await screen.findByDisplayValue('the-one-time-secret')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    expect(within(dialog).getByRole('alert')).toHaveTextContent('Have you copied the value?');
    await press('Back to the value');
    expect(screen.getByText(/The former secret stays valid until/)).toBeVisible();
    await press('I have entered it in Jira');
    expect(document.body.innerHTML).not.toContain('the-one-time-secret');
    expect(kept(queries)).not.toContain('the-one-time-secret');
  });

  it('can be set up again in both ways', async () => {
    openPage(PAGE);
    await press('Reinstall');
    expect(await screen.findByRole('heading', { name: 'Set the webhook up again' })).toBeVisible();
    expect(screen.getAllByRole('radio')).toHaveLength(2);
  });

  it('is removed without a token only after the host was typed, and says what stays in Jira', async () => {
    server.answer(`DELETE ${CONNECTION}`, { body: { webhookRemoved: false, linksEnded: 3 } });
    openPage(PAGE);
    await press('Remove');
    const dialog = screen.getByRole('dialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText(/This is not jira.example.com/)).toBeVisible();
    expect(server.callsOf(`DELETE ${CONNECTION}`)).toEqual([]);
    await fill(screen.getByLabelText('Type jira.example.com to confirm'), 'jira.example.com');
    seeAs(dataCenterFresh);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('3 links were ended.')).toBeVisible();
    expect(screen.getByText(/The webhook is still in Jira/)).toBeVisible();
    expect(server.callsOf(`DELETE ${CONNECTION}`).map(({ body }) => body)).toEqual([{}]);
  });

  it('asks before Escape throws a typed name away', async () => {
    openPage(PAGE);
    await press('Remove');
    await fill(screen.getByLabelText('Type jira.example.com to confirm'), 'jira.ex');
    await userEvent.keyboard('{Escape}');
    expect(within(screen.getByRole('dialog')).getByRole('alert')).toHaveTextContent('Close without finishing?');
    await userEvent.keyboard('{Escape}');
    expect(screen.getByLabelText('Type jira.example.com to confirm')).toHaveValue('jira.ex');
  });

  it('shows until when the former secret counts', async () => {
    seeAs({ ...dataCenterOwned, connection: { ...dataCenterConnection, webhook: { ...dataCenterConnection.webhook, previousSecretUntil: '2099-01-01T00:00:00.000Z' } } });
    openPage(PAGE);
    expect(await screen.findByText('Former secret accepted until')).toBeVisible();
  });

  it('tells at once when deliveries are not let in', async () => {
    seeAs({ ...waiting, reasons: [{ code: 'deliveries_rejected', detail: 'The signature does not fit.' }] });
    openPage(PAGE);
    expect(await screen.findByText('Jira calls, but its deliveries are not let in')).toBeVisible();
    expect(screen.getByText('The signature does not fit.')).toBeVisible();
    expect(screen.queryByText('Waiting for the first signed delivery from Jira')).not.toBeInTheDocument();
  });

  it('stays when the token for its removal is refused', async () => {
    server.refuse(`DELETE ${CONNECTION}`, 422, 'jira_not_admin', 'Not an administrator.', [{ path: 'adminToken', message: 'Not an administrator.' }]);
    openPage(PAGE);
    await press('Remove');
    await fill(await token(), 'some-token');
    await fill(screen.getByLabelText('Type jira.example.com to confirm'), 'jira.example.com');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Remove' }));
    expect(await screen.findAllByText('Not an administrator.')).toHaveLength(1);
    expect(screen.getByRole('dialog')).toBeVisible();
  });

  it('tells the number of people before', async () => {
    openPage(PAGE);
    await press('Remove');
    expect(await screen.findByText('12 linked people are unlinked.')).toBeVisible();
  });
});
