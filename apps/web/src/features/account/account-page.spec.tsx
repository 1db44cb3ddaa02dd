import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { ID, me } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const TOKENS = '/api/v1/me/api-tokens';
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer(`GET ${TOKENS}`, { body: { items: [], nextCursor: null } });
});

describe('git accounts', () => {
  it('tell that their sign-in has ended', async () => {
    server.answer('GET /api/v1/me', { body: { ...me, identities: [...me.identities, { provider: 'gitlab', host: 'gitlab.com', login: 'mia-l', state: 'expired' }] } });
    openPage('/account');
    expect((await screen.findByText('mia-l')).closest('li')).toHaveTextContent('Sign in again');
    expect(screen.getByText('mia-k').closest('li')).not.toHaveTextContent('Sign in again');
  });
});

describe('API tokens', () => {
  it('are shown once and are gone from the page and the cache afterwards', async () => {
    server.answer(`POST ${TOKENS}`, { status: 201, body: { id: ID, name: 'build server', token: 'ohj_the-secret-token' } });
    const queries = openPage('/account');
    await fill(await screen.findByLabelText('Name of the new token'), 'build server');
    await userEvent.click(screen.getByRole('button', { name: 'Create the token' }));
    expect(await screen.findByDisplayValue('ohj_the-secret-token')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'I have copied it' }));
    expect(document.body.innerHTML).not.toContain('ohj_the-secret-token');
    expect(JSON.stringify(queries.getQueryCache().getAll().map(({ state }) => state))).not.toContain('ohj_the-secret-token');
    expect(server.callsOf(`POST ${TOKENS}`).map(({ body }) => body)).toEqual([{ name: 'build server', expiresInDays: 90 }]);
  });

  it('tell when they were used last, and which have expired', async () => {
    const token = { id: ID, name: 'build server', createdAt: '2026-01-01T08:00:00.000Z', expiresAt: '2026-02-01T08:00:00.000Z', lastUsedAt: null };
    server.answer(`GET ${TOKENS}`, { body: { items: [token, { ...token, id: '0190a0b0-0000-7000-8000-000000000002', name: 'nightly', expiresAt: '2099-01-01T08:00:00.000Z', lastUsedAt: '2026-11-20T08:00:00.000Z' }], nextCursor: null } });
    openPage('/account');
    const [, expired, valid] = await screen.findAllByRole('row');
    expect(expired).toHaveTextContent(/build server.*Expired.*Never/);
    expect(valid).toHaveTextContent(/nightly.*2026/);
    expect(valid).not.toHaveTextContent('Expired');
  });

  it('need a name', async () => {
    openPage('/account');
    await userEvent.click(await screen.findByRole('button', { name: 'Create the token' }));
    expect(await screen.findByText('Give the token a name.')).toBeVisible();
    expect(screen.getByLabelText('Name of the new token')).toHaveFocus();
    expect(server.callsOf(`POST ${TOKENS}`)).toEqual([]);
  });
});

describe('the own OpenHands key', () => {
  const field = () => screen.findByLabelText('OpenHands API key', { selector: 'input' });

  it('is emptied after it was saved', async () => {
    server.answer('PUT /api/v1/me/agent', { body: { apiKeySet: true } });
    openPage('/account');
    await fill(await field(), 'my-key');
    server.answer('GET /api/v1/me', { body: { ...me, agent: { ...me.agent, apiKeySet: true } } });
    await userEvent.click(screen.getByRole('button', { name: 'Save the key' }));
    expect(await screen.findByText('The key was saved.')).toBeVisible();
    expect(await field()).toHaveValue('');
    expect(screen.getByText('Your own key is set')).toBeVisible();
  });

  it('stays typed when OpenHands refuses it, with one message at the field', async () => {
    server.refuse('PUT /api/v1/me/agent', 422, 'agent_rejected_key', 'OpenHands does not accept this key.', [{ path: 'apiKey', message: 'OpenHands does not accept this key.' }]);
    openPage('/account');
    await fill(await field(), 'my-key');
    await userEvent.click(screen.getByRole('button', { name: 'Save the key' }));
    expect(await screen.findAllByText('OpenHands does not accept this key.')).toHaveLength(1);
    const input = await field();
    expect(input).toHaveValue('my-key');
    await waitFor(() => expect(input).toHaveFocus());
  });
});
