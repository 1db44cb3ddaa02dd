import type { QueryClient } from '@tanstack/react-query';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { connection, CONNECTION_LINKS, CONNECTION_UNLINKED, dataCenterOff, ID, linkedOnly, linkOfLin, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const PAGE = '/settings/integrations/jira-cloud';
const LOOK_UP = 'GET /api/v1/jira-cloud/workspaces/acme.atlassian.net';
const CREATE = 'POST /api/v1/jira-cloud/workspaces';

let server: FakeServer;
const field = (name: string | RegExp) => screen.findByLabelText(name, { selector: 'input' });
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

function signedInWith(integration: object): void {
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items: [integration, dataCenterOff] } }).answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [], nextCursor: null } }).answer(`GET ${CONNECTION_UNLINKED}`, { body: { items: [], nextCursor: null } });
}

async function growForm(): Promise<void> {
  await fill(await field(/Workspace name/), 'https://acme.atlassian.net/browse/X-1');
  await press('Connect');
  await field(/Service Account Email/);
}

async function typeCredentials(): Promise<void> {
  await fill(await field(/Webhook Secret/), 'a-long-enough-webhook-secret');
  await fill(await field(/Service Account Email/), 'agent@example.com');
  await fill(await field(/Service Account API Key/), 'the-api-token');
}

beforeEach(() => {
  server = new FakeServer();
});

describe('configuring a workspace that nobody has connected', () => {
  beforeEach(() => signedInWith(notConfigured));

  it('shows what was understood of a pasted address', async () => {
    openPage(PAGE);
    await fill(await field(/Workspace name/), 'https://Acme.atlassian.net/browse/X-1');
    expect(await screen.findByText('Understood as acme.atlassian.net')).toBeVisible();
  });

  it('grows by the credentials, says so, and moves the focus to the first new field', async () => {
    openPage(PAGE);
    await growForm();
    await waitFor(async () => expect(await field(/Webhook Secret/)).toHaveFocus());
    expect(screen.getByText('acme.atlassian.net is not connected yet. More fields have appeared.')).toBeInTheDocument();
    expect(screen.getByRole('switch', { name: 'Active' })).toBeChecked();
  });

  it('names every empty field instead of disabling the button, and sends nothing', async () => {
    openPage(PAGE);
    await growForm();
    await press('Connect');
    const summary = await screen.findByRole('alert');
    for (const label of ['Webhook Secret', 'Service Account Email', 'Service Account API Key']) expect(summary).toHaveTextContent(label);
    await waitFor(async () => expect(await field(/Webhook Secret/)).toHaveFocus());
    expect(server.callsOf(CREATE)).toEqual([]);
  });

  it('puts a refusal of the token at its field, once, and keeps everything that was typed', async () => {
    server.refuse(CREATE, 422, 'jira_rejected_credentials', 'Jira refuses this token.', [{ path: 'serviceAccountApiToken', message: 'Jira refuses this token.' }]);
    openPage(PAGE);
    await growForm();
    await typeCredentials();
    await press('Connect');
    expect(await screen.findAllByText('Jira refuses this token.')).toHaveLength(1);
    const token = await field(/Service Account API Key/);
    expect(token).toHaveAttribute('aria-invalid', 'true');
    expect(token).toHaveAccessibleDescription(/Jira refuses this token/);
    await waitFor(() => expect(token).toHaveFocus());
    expect(token).toHaveValue('the-api-token');
    expect(await field(/Webhook Secret/)).toHaveValue('a-long-enough-webhook-secret');
  });

  it('says that somebody else owns an inactive workspace, above the button', async () => {
    server.refuse(CREATE, 409, 'conflict', 'Only the original owner can reactivate it, or an administrator can take it over.');
    openPage(PAGE);
    await growForm();
    await typeCredentials();
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('Only the original owner can reactivate it');
  });

  it('keeps what was typed when the network is away', async () => {
    server.answer(CREATE, 'offline');
    openPage(PAGE);
    await growForm();
    await typeCredentials();
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('The server cannot be reached');
    expect(await field(/Webhook Secret/)).toHaveValue('a-long-enough-webhook-secret');
  });

  it('never opens an address that is no web address', async () => {
    server.answer(CREATE, { body: { authorizationUrl: 'javascript:alert(1)', connectionId: ID } });
    openPage(PAGE);
    await growForm();
    await typeCredentials();
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('an address that this page does not open');
  });

  it('keeps no secret in the cache', async () => {
    server.refuse(CREATE, 409, 'conflict', 'Taken.');
    const queries = openPage(PAGE);
    await growForm();
    await typeCredentials();
    await press('Connect');
    await screen.findByText('Taken.');
    const kept = JSON.stringify([queries.getQueryCache().getAll().map(({ state }) => state), queries.getMutationCache().getAll()]);
    expect(kept).not.toContain('a-long-enough-webhook-secret');
    expect(kept).not.toContain('the-api-token');
  });

  it('says before the first step what the next one may ask for', async () => {
    openPage(PAGE);
    expect(await screen.findByText(/It shows how to make both, with the URL to copy/)).toBeVisible();
  });

  it('shows the URL that the server names, and the page for webhooks of this workspace', async () => {
    openPage(PAGE);
    await growForm();
    expect(screen.getByDisplayValue('https://here.example.com/integration/jira/events')).toBeVisible();
    expect(screen.getByRole('link', { name: /Open WebHooks in Jira/ })).toHaveAttribute('href', 'https://acme.atlassian.net/plugins/servlet/webhooks');
  });

  it('asks for no credentials when somebody else has to act first, and says so at the field', async () => {
    server.refuse(LOOK_UP, 404, 'not_found', 'No active workspace.', [{ path: 'site', message: 'Only that person can reactivate it.' }]);
    openPage(PAGE);
    await fill(await field(/Workspace name/), 'acme');
    await press('Connect');
    expect(await screen.findByText('Only that person can reactivate it.')).toBeVisible();
    expect(await field(/Workspace name/)).toHaveAttribute('aria-invalid', 'true');
    expect(screen.queryByLabelText(/Webhook Secret/)).not.toBeInTheDocument();
  });

  it('enters a generated secret and offers to copy it', async () => {
    openPage(PAGE);
    await growForm();
    await press('Generate a secret');
    expect(((await field(/Webhook Secret/)) as HTMLInputElement).value).toHaveLength(43);
    expect(screen.getByRole('button', { name: 'Copy: the webhook secret' })).toBeVisible();
  });
});

describe('the service account while it is typed', () => {
  const CHECK = 'POST /api/v1/jira-cloud/service-account-checks';
  const patient = { timeout: 5_000 };

  async function typeAccount(): Promise<QueryClient> {
    const queries = openPage(PAGE);
    await growForm();
    await fill(await field(/Service Account Email/), 'agent@example.com');
    await fill(await field(/Service Account API Key/), 'the-api-token');
    return queries;
  }

  beforeEach(() => signedInWith(notConfigured));

  it('is tried when typing is done, and what was found is shown; the token is kept nowhere', async () => {
    server.answer(CHECK, { body: { ok: true, failure: null, items: [{ check: 'token', ok: true, detail: 'The API token is accepted.', hint: '' }] } });
    const queries = await typeAccount();
    expect(await screen.findByText('The API token is accepted.', {}, patient)).toBeVisible();
    expect(server.callsOf(CHECK).map(({ body }) => body)).toEqual([{ site: 'acme.atlassian.net', serviceAccountEmail: 'agent@example.com', serviceAccountApiToken: 'the-api-token' }]);
    expect(JSON.stringify([queries.getQueryCache().getAll().map(({ state, queryKey }) => [state, queryKey]), queries.getMutationCache().getAll()])).not.toContain('the-api-token');
    await userEvent.type(await field(/Service Account API Key/), 'x');
    expect(screen.queryByText('The API token is accepted.')).not.toBeInTheDocument();
  });

  it('is refused at its field, once', async () => {
    server.answer(CHECK, { body: { ok: false, failure: { path: 'serviceAccountApiToken', message: 'Jira does not accept it.' }, items: [] } });
    await typeAccount();
    expect(await screen.findAllByText('Jira does not accept it.', {}, patient)).toHaveLength(1);
    expect(await field(/Service Account API Key/)).toHaveAccessibleDescription(/Jira does not accept it/);
  });

  it('is no error when the question has no answer', async () => {
    server.answer(CHECK, 'offline');
    await typeAccount();
    expect(await screen.findByText(/could not be tried just now/, {}, patient)).toBeVisible();
    expect(await field(/Service Account API Key/)).not.toHaveAttribute('aria-invalid');
  });
});

describe('a workspace that the team has connected', () => {
  it('leads straight to the consent, without asking for credentials', async () => {
    signedInWith(notConfigured);
    server.answer(LOOK_UP, { body: { site: 'acme.atlassian.net', status: 'active' } });
    server.refuse('POST /api/v1/jira-cloud/workspaces/acme.atlassian.net/link', 503, 'unavailable', 'Atlassian is away.');
    openPage(PAGE);
    await fill(await field(/Workspace name/), 'acme');
    server.answer('GET /api/v1/jira-cloud/workspaces/acme.atlassian.net', { body: { site: 'acme.atlassian.net', status: 'active' } });
    await press('Connect');
    expect(await screen.findByRole('alert')).toHaveTextContent('Atlassian is away.');
    expect(screen.queryByLabelText(/Webhook Secret/)).not.toBeInTheDocument();
  });
});

describe('editing as the owner', () => {
  const UPDATE = `PATCH /api/v1/jira-cloud/workspaces/${ID}`;

  it('sends only what was changed', async () => {
    signedInWith(owned);
    server.refuse(UPDATE, 409, 'conflict', 'Stop here.');
    openPage(PAGE);
    await fill(await field(/Service Account API Key/), 'new-token');
    await press('Update');
    await screen.findByText('Stop here.');
    expect(server.callsOf(UPDATE).map(({ body }) => body)).toEqual([{ serviceAccountApiToken: 'new-token' }]);
  });

  it('shows the true state of the connection in its switch', async () => {
    signedInWith({ ...owned, state: 'paused', connection: { ...connection, status: 'inactive' } });
    openPage(PAGE);
    expect(await screen.findByRole('switch', { name: 'Active' })).not.toBeChecked();
  });

  it('offers the form for a further workspace without the state of the first one', async () => {
    signedInWith({ ...owned, capabilities: [...owned.capabilities, 'configure'] });
    openPage(`${PAGE}?another`);
    await field(/Workspace name/);
    expect(screen.queryByText('Active')).not.toBeInTheDocument();
  });

  it('says when there is nothing to update', async () => {
    signedInWith(owned);
    openPage(PAGE);
    await press('Update');
    expect(await screen.findByText(/Nothing was changed yet/)).toBeVisible();
    expect(server.callsOf(UPDATE)).toEqual([]);
  });

  it('names the step that is left when the consent is missing, and needs nothing typed again', async () => {
    signedInWith({ ...owned, state: 'setup_incomplete', connection: { ...connection, status: 'pending' } });
    server.refuse(UPDATE, 409, 'conflict', 'Stop here.');
    openPage(PAGE);
    expect(await screen.findByText('One step is left: your consent at Atlassian')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Update' })).not.toBeInTheDocument();
    await press('Give consent at Atlassian');
    await screen.findByText('Stop here.');
    expect(server.callsOf(UPDATE).map(({ body }) => body)).toEqual([{}]);
  });

  it('asks for the expiry date of a new token until it was changed', async () => {
    signedInWith(owned);
    openPage(PAGE);
    await fill(await field(/Service Account API Key/), 'new-token');
    expect(await screen.findByText(/Enter the expiry date of the new token/)).toBeVisible();
    fireEvent.change(await field(/Token expiry date/), { target: { value: '2098-01-01' } });
    expect(screen.queryByText(/Enter the expiry date of the new token/)).not.toBeInTheDocument();
  });

  it('names the consequences and wants the name typed before it unlinks everybody', async () => {
    signedInWith(owned);
    server.answer(`DELETE /api/v1/jira-cloud/link?connectionId=${ID}`, { status: 204 });
    openPage(PAGE);
    await press('Unlink');
    const dialog = screen.getByRole('dialog', { name: 'Unlink acme.atlassian.net for everybody?' });
    expect(dialog).toHaveTextContent('3 linked people are unlinked.');
    await userEvent.click(screen.getAllByRole('button', { name: 'Unlink' })[1]!);
    expect(await screen.findByText(/This is not acme.atlassian.net/)).toBeVisible();
    expect(server.calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
    await fill(screen.getByLabelText(/Type acme.atlassian.net/), 'acme.atlassian.net');
    await userEvent.click(screen.getAllByRole('button', { name: 'Unlink' })[1]!);
    await screen.findByRole('heading', { name: 'Integrations' });
    expect(server.calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });
});

describe('linked people', () => {
  it('are listed for the owner, who ends a link after a question', async () => {
    signedInWith(owned);
    server.answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [linkOfLin], nextCursor: null } }).answer(`DELETE ${CONNECTION_LINKS}/${linkOfLin.id}`, { status: 204 });
    openPage(PAGE);
    expect(await screen.findByRole('heading', { name: 'Linked people' })).toBeVisible();
    await press('End link of Lin on acme.atlassian.net');
    const dialog = screen.getByRole('dialog', { name: 'End the link of Lin on acme.atlassian.net?' });
    server.answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [], nextCursor: null } });
    await userEvent.click(within(dialog).getByRole('button', { name: 'End link' }));
    expect(await screen.findByText('Nobody is linked yet')).toBeVisible();
    expect(server.callsOf(`DELETE ${CONNECTION_LINKS}/${linkOfLin.id}`)).toHaveLength(1);
    expect(server.callsOf('GET /api/v1/integrations').length).toBeGreaterThan(1);
  });

  it('are not asked for by a linked member', async () => {
    signedInWith(linkedOnly);
    openPage(PAGE);
    expect(await screen.findByRole('button', { name: 'Unlink' })).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'Linked people' })).not.toBeInTheDocument();
    expect(server.calls.filter(({ path }) => path.startsWith('/api/v1/connections'))).toEqual([]);
  });
});

describe('a linked member', () => {
  it('sees the workspace and "Unlink", and no credentials', async () => {
    signedInWith(linkedOnly);
    openPage(PAGE);
    expect(await screen.findByRole('button', { name: 'Unlink' })).toBeVisible();
    expect(screen.queryByLabelText(/Service Account/)).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Update' })).not.toBeInTheDocument();
  });
});
