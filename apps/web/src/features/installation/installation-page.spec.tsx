import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { DATA_CENTER_CHECKS, DATA_CENTER_VARIABLES, type DataCenterConfiguration } from '@openhands-jira/contracts';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterOff, dataCenterSettings, ID, linkOfLin, me, notConfigured } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { installationTexts } from '../../texts-of-installation.js';

const PAGE = '/settings/installation';
const SETTINGS = '/api/v1/admin/jira-data-center';
const CERTIFICATES = '/api/v1/admin/certificates';
const AUDIT = 'GET /api/v1/admin/audit';
const LINKS = '/api/v1/admin/links?limit=10';
const UNLINKED = '/api/v1/admin/unlinked-accounts?limit=10';
const OWNERS = '/api/v1/admin/connections';
const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----';
const certificate = { subject: 'CN=Example Root', issuer: 'CN=Example Root', notAfter: '2099-01-01T00:00:00.000Z', fingerprint: 'AA:BB:CC', isCa: true };
const complete: DataCenterConfiguration = { ...dataCenterSettings, enabled: true, baseUrl: 'https://jira.example.com', serviceAccountEmail: 'bot@example.com', serviceAccountPatSet: true, oauthClientId: 'client', oauthClientSecretSet: true, missing: [], linkedPeople: 3 };

let server: FakeServer;
const field = (name: string) => screen.findByLabelText(name, { selector: 'input' });
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

function show(settings: DataCenterConfiguration, certificates: object = { items: [], managedBy: 'app' }): void {
  server.answer(`GET ${SETTINGS}`, { body: settings }).answer(`GET ${CERTIFICATES}`, { body: certificates }).answer(AUDIT, { body: { items: [], nextCursor: null } }).answer(`GET ${LINKS}`, { body: { items: [], nextCursor: null } }).answer(`GET ${UNLINKED}`, { body: { items: [], nextCursor: null } }).answer(`GET ${OWNERS}`, { body: { items: [], nextCursor: null } });
}

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } }).answer('GET /api/v1/integrations', { body: { items: [notConfigured, dataCenterOff] } });
});

describe('the installation page', () => {
  it('does not exist for members, who send no request for its data and see no way there', async () => {
    server.answer('GET /api/v1/me', { body: me });
    openPage(PAGE);
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Installation' })).not.toBeInTheDocument();
    expect(server.calls.filter(({ path }) => path.startsWith('/api/v1/admin'))).toEqual([]);
  });

  it('is in the menu of administrators', async () => {
    show(dataCenterSettings);
    openPage(PAGE);
    expect(await screen.findByRole('link', { name: 'Installation' })).toHaveAttribute('aria-current', 'page');
  });
});

describe('the settings of Jira Data Center', () => {
  it('may be saved in parts while the integration is off, and only what was changed is sent', async () => {
    show(dataCenterSettings);
    server.answer(`PUT ${SETTINGS}`, { body: { ...dataCenterSettings, baseUrl: 'https://jira.example.com' } });
    openPage(PAGE);
    await fill(await field('Jira Data Center Base URL'), 'https://Jira.Example.com/');
    await press('Save');
    expect(await screen.findByText('Saved. It counts at once.')).toBeVisible();
    expect(server.callsOf(`PUT ${SETTINGS}`).map(({ body }) => body)).toEqual([{ baseUrl: 'https://jira.example.com' }]);
    expect(await field('Jira Data Center Base URL')).toHaveValue('https://jira.example.com');
  });

  it('names everything that is missing before the integration is switched on', async () => {
    show(dataCenterSettings);
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('switch', { name: 'Enable Jira Data Center Integration' }));
    await press('Save');
    const summary = await screen.findByRole('alert');
    for (const name of ['Jira Data Center Base URL', 'Jira Data Center Service Account Email', 'Jira Data Center Service Account PAT', 'Jira Data Center OAuth Client ID', 'Jira Data Center OAuth Client Secret']) expect(summary).toHaveTextContent(name);
    expect(await field('Jira Data Center Base URL')).toHaveFocus();
    expect(server.callsOf(`PUT ${SETTINGS}`)).toEqual([]);
  });

  it('needs no OAuth client with e-mail match', async () => {
    show(dataCenterSettings);
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('radio', { name: 'Email match' }));
    expect(screen.queryByLabelText('Jira Data Center OAuth Client ID')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Jira Data Center Base URL')).toBeVisible();
  });

  it('explains a base URL without scheme with an example', async () => {
    show(dataCenterSettings);
    openPage(PAGE);
    await fill(await field('Jira Data Center Base URL'), 'jira.example.com');
    await press('Save');
    expect(await field('Jira Data Center Base URL')).toHaveAccessibleDescription(/must include the scheme.*https:\/\/jira\.example\.com/);
  });

  it('shows of saved secrets that they are set, keeps them when empty, and caches no new one', async () => {
    show(complete);
    server.answer(`PUT ${SETTINGS}`, { body: complete });
    const queries = openPage(PAGE);
    expect(await screen.findAllByText(/A value is saved. It is never shown./)).toHaveLength(2);
    await fill(await field('Jira Data Center Service Account PAT'), 'new-pat-value');
    await press('Save');
    await screen.findByText('Saved. It counts at once.');
    expect(server.callsOf(`PUT ${SETTINGS}`).map(({ body }) => body)).toEqual([{ serviceAccountPat: 'new-pat-value' }]);
    expect(await field('Jira Data Center Service Account PAT')).toHaveValue('');
    expect(JSON.stringify(queries.getQueryCache().getAll().map(({ state }) => state))).not.toContain('new-pat-value');
  });

  it('puts a refusal of the server at its field, once, and keeps what was typed', async () => {
    show(complete);
    server.refuse(`PUT ${SETTINGS}`, 400, 'validation_failed', 'Some values.', [{ path: 'baseUrl', message: 'Use https.' }]);
    openPage(PAGE);
    const baseUrl = await field('Jira Data Center Base URL');
    await userEvent.clear(baseUrl);
    await fill(baseUrl, 'http://jira.example.com');
    await press('Save');
    expect(await screen.findAllByText('Use https.')).toHaveLength(1);
    await waitFor(() => expect(baseUrl).toHaveFocus());
    expect(baseUrl).toHaveValue('http://jira.example.com');
  });

  it('says before saving how many links another base URL makes meaningless', async () => {
    show(complete);
    openPage(PAGE);
    const baseUrl = await field('Jira Data Center Base URL');
    expect(screen.queryByText(/3 people are linked/)).not.toBeInTheDocument();
    await userEvent.clear(baseUrl);
    await fill(baseUrl, 'https://other.example.com');
    expect(await screen.findByText(/3 people are linked to the present server/)).toBeVisible();
  });

  it('says when there is nothing to save', async () => {
    show(complete);
    openPage(PAGE);
    await press('Save');
    expect(await screen.findByText('Nothing was changed yet.')).toBeVisible();
    expect(server.callsOf(`PUT ${SETTINGS}`)).toEqual([]);
  });

  it('shows values of the environment read-only, with their variables, and sends nothing of them', async () => {
    const fixed = Object.fromEntries(Object.keys(DATA_CENTER_VARIABLES).map((name) => [name, 'environment'])) as DataCenterConfiguration['managedBy'];
    show({ ...complete, managedBy: fixed });
    openPage(PAGE);
    expect(await field('Jira Data Center Base URL')).toHaveAttribute('readonly');
    for (const variable of Object.values(DATA_CENTER_VARIABLES)) expect(screen.getByText(`Set by ${variable} in the environment. Change it there.`)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
  });

  it('shows the callback URL to copy', async () => {
    show(complete);
    openPage(PAGE);
    expect(await screen.findByDisplayValue('https://here.example.com/integration/jira-dc/callback')).toBeVisible();
  });
});

describe('the test', () => {
  it.each(DATA_CENTER_CHECKS)('has a name for the check "%s"', (check) => expect(installationTexts.checks[check]).toMatch(/^[A-Z]/));

  it('shows each result with what to do', async () => {
    show(complete);
    server.answer(`POST ${SETTINGS}/test`, { body: { items: [{ check: 'dns', ok: true, detail: 'It has an address.', hint: '' }, { check: 'tls', ok: false, detail: 'Not trusted.', hint: 'Paste the certificate.' }] } });
    openPage(PAGE);
    await press('Test');
    const results = await screen.findByRole('list', { name: 'Results of the test' });
    expect(results).toHaveTextContent('Name Passed');
    expect(results).toHaveTextContent('Certificate Failed');
    expect(results).toHaveTextContent('Paste the certificate.');
    expect(screen.getAllByText('One check failed.')).not.toHaveLength(0);
  });

  it('says that unsaved values are not tested', async () => {
    show(complete);
    openPage(PAGE);
    await fill(await field('Jira Data Center OAuth Client ID'), 'x');
    expect(await screen.findByText(/The test uses the saved values/)).toBeVisible();
  });
});

describe('additional trusted certificates', () => {
  const pem = () => screen.findByLabelText('Certificates in PEM form');

  it('are shown with subject, issuer, expiry and fingerprint', async () => {
    show(complete, { items: [certificate, { ...certificate, subject: 'CN=Old', fingerprint: 'DD', notAfter: '2020-01-01T00:00:00.000Z', isCa: false }], managedBy: 'app' });
    openPage(PAGE);
    const [first, second] = within(await screen.findByRole('list', { name: 'Additional Trusted CA Certificates' })).getAllByRole('listitem');
    expect(first).toHaveTextContent('CN=Example Root');
    expect(first).toHaveTextContent('AA:BB:CC');
    expect(first).toHaveTextContent('Certificate authority');
    expect(second).toHaveTextContent('Expired');
    expect(second).toHaveTextContent('Certificate of a server');
  });

  it('are pasted, and the field is emptied', async () => {
    show(complete);
    server.answer(`POST ${CERTIFICATES}`, { body: { items: [certificate], managedBy: 'app' } });
    openPage(PAGE);
    await fill(await pem(), PEM);
    await press('Trust these certificates');
    expect(await screen.findByText('One certificate is trusted now.')).toBeVisible();
    expect(await pem()).toHaveValue('');
  });

  it('say what is wrong at the field, and keep the text', async () => {
    show(complete);
    server.refuse(`POST ${CERTIFICATES}`, 400, 'validation_failed', 'There is a private key in this text.', [{ path: 'pem', message: 'There is a private key in this text.' }]);
    openPage(PAGE);
    await fill(await pem(), 'a key');
    await press('Trust these certificates');
    expect(await screen.findAllByText('There is a private key in this text.')).toHaveLength(1);
    expect(await pem()).toHaveValue('a key');
    expect(await pem()).toHaveFocus();
  });

  it('are removed one by one after a question', async () => {
    show(complete, { items: [certificate], managedBy: 'app' });
    server.answer(`DELETE ${CERTIFICATES}/AA%3ABB%3ACC`, { body: { items: [], managedBy: 'app' } });
    openPage(PAGE);
    await press('Remove the certificate CN=Example Root');
    const dialog = screen.getByRole('dialog', { name: 'Remove this certificate?' });
    expect(dialog).toHaveTextContent('CN=Example Root');
    server.answer(`GET ${CERTIFICATES}`, { body: { items: [], managedBy: 'app' } });
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('No additional certificates')).toBeVisible();
  });

  it('of the environment are read-only, with the name of its variable', async () => {
    show(complete, { items: [certificate], managedBy: 'environment' });
    openPage(PAGE);
    expect(await screen.findByText(/TRUSTED_CA_CERTIFICATES/)).toBeVisible();
    expect(screen.queryByLabelText('Certificates in PEM form')).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Remove the certificate/ })).not.toBeInTheDocument();
  });
});

describe('people and their Jira accounts', () => {
  const link = { ...linkOfLin, method: 'email', state: 'expired', ownsConnection: true };

  it('say who is linked to whom, how, and that nobody is', async () => {
    show(complete);
    openPage(PAGE);
    expect(await screen.findByText('Nobody is linked yet')).toBeVisible();
  });

  it('are found by a part of a name', async () => {
    show(complete);
    server.answer(`GET ${LINKS}`, { body: { items: [link], nextCursor: null } }).answer(`GET ${LINKS}&search=mo`, { body: { items: [], nextCursor: null } });
    openPage(PAGE);
    const table = await screen.findByRole('table', { name: 'Links, the newest first' });
    for (const words of ['Lin', 'Looks after the connection', 'Lin in Jira', '712020:lin', 'acme.atlassian.net', 'Matched by e-mail address', 'Has to connect again']) expect(table).toHaveTextContent(words);
    await fill(screen.getByLabelText('Name or Jira account'), ' mo ');
    await press('Find');
    expect(await screen.findByText('Nobody fits this search')).toBeVisible();
    await press('Show all');
    expect(await screen.findByRole('table', { name: 'Links, the newest first' })).toBeVisible();
  });

  it('lose a link after a question that says what it means; a refusal stays in the question', async () => {
    show(complete);
    server.answer(`GET ${LINKS}`, { body: { items: [link], nextCursor: null } }).refuse(`DELETE /api/v1/admin/links/${ID}`, 404, 'not_found', 'There is no such link.');
    openPage(PAGE);
    await press('End link of Lin on acme.atlassian.net');
    const dialog = screen.getByRole('dialog', { name: 'End the link of Lin on acme.atlassian.net?' });
    for (const words of [/no longer works for Lin/, /the address links them again/, /It stays in force/]) expect(dialog).toHaveTextContent(words);
    const endIt = within(dialog).getByRole('button', { name: 'End link' });
    await userEvent.click(endIt);
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('There is no such link.');
    server.answer(`DELETE /api/v1/admin/links/${ID}`, { status: 204 }).answer(`GET ${LINKS}`, { body: { items: [], nextCursor: null } });
    await userEvent.click(endIt);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(await screen.findByText('Nobody is linked yet')).toBeVisible();
  });
});

describe('changes of the set-up', () => {
  it('tell who changed what, with the labels of the form', async () => {
    show(complete);
    server.answer(AUDIT, { body: { items: [{ id: ID, at: '2026-11-20T08:00:00.000Z', who: 'Mia Krystof', userId: ID, what: 'jira_data_center_changed', changes: [{ name: 'serviceAccountPat', from: null, to: 'set' }, { name: 'enabled', from: 'false', to: 'true' }] }], nextCursor: null } });
    openPage(PAGE);
    const table = await screen.findByRole('table', { name: 'Changes of the set-up, newest first' });
    expect(table).toHaveTextContent('Mia Krystof');
    expect(table).toHaveTextContent('Jira Data Center Service Account PAT: nothing → set');
    expect(table).toHaveTextContent('Enable Jira Data Center Integration: off → on');
  });
});
