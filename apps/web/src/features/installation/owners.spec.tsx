import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { OwnedConnection } from '@openhands-jira/contracts';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterOff, dataCenterSettings, ID, me, notConfigured } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const PAGE = '/settings/installation';
const OWNERS = '/api/v1/admin/connections';
const LINKED_HERE = `GET /api/v1/admin/users?linkedOn=${ID}`;
const CHANGE = `POST ${OWNERS}/${ID}/owner`;
const LIN = '0190a0b0-0000-7000-8000-000000000002';
const MO = '0190a0b0-0000-7000-8000-000000000003';
const ofLin: OwnedConnection = { id: ID, product: 'jira-cloud', site: 'acme.atlassian.net', status: 'inactive', owner: { id: LIN, name: 'Lin' }, linkedPeople: 2 };
const person = (id: string, name: string) => ({ id, name, email: `${name.toLowerCase()}@example.com`, lastSignedInAt: null });
const items = (...list: object[]) => ({ body: { items: list, nextCursor: null } });

let server: FakeServer;
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

function open(...connections: OwnedConnection[]): void {
  server.answer(`GET ${OWNERS}`, items(...connections));
  openPage(PAGE);
}

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: { ...me, isAdmin: true } }).answer('GET /api/v1/integrations', items(notConfigured, dataCenterOff));
  server.answer('GET /api/v1/admin/jira-data-center', { body: dataCenterSettings }).answer('GET /api/v1/admin/certificates', { body: { items: [], managedBy: 'app' } });
  server.answer('GET /api/v1/admin/audit', items()).answer('GET /api/v1/admin/links?limit=10', items()).answer('GET /api/v1/admin/unlinked-accounts?limit=10', items());
});

describe('connections and who looks after them', () => {
  it('are told with site, state, owner and number of people', async () => {
    open(ofLin, { ...ofLin, id: MO, product: 'jira-data-center', site: 'jira.example.com', status: 'pending', owner: null, linkedPeople: 0 });
    const table = await screen.findByRole('table', { name: 'Connections, the newest first' });
    const [, first, second] = within(table).getAllByRole('row');
    for (const words of ['acme.atlassian.net', 'Jira Cloud', 'Unlinked for everybody', 'Lin', '2']) expect(first).toHaveTextContent(words);
    for (const words of ['jira.example.com', 'Jira Data Center', 'Set-up not finished', 'Nobody', '0']) expect(second).toHaveTextContent(words);
  });

  it('are none at first', async () => {
    open();
    expect(await screen.findByText('There is no connection yet')).toBeVisible();
  });

  it('offer no taking over of what is the own one', async () => {
    open({ ...ofLin, owner: { id: me.id, name: me.name } });
    expect(await screen.findByText('Mia Krystof (you)')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Take over acme.atlassian.net' })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Hand over acme.atlassian.net' })).toBeVisible();
  });

  it('are taken over after a question that says what follows', async () => {
    server.answer(CHANGE, { body: { ...ofLin, owner: { id: me.id, name: me.name } } });
    open(ofLin);
    await press('Take over acme.atlassian.net');
    const dialog = screen.getByRole('dialog', { name: 'Take over acme.atlassian.net?' });
    for (const words of [/Lin no longer looks after it. Their own link stays/, /stays unlinked until the new owner reactivates it/, /list of apps that may ask is emptied/, /noted in the changes/]) expect(dialog).toHaveTextContent(words);
    expect(server.callsOf(CHANGE)).toEqual([]);
    server.answer(`GET ${OWNERS}`, items({ ...ofLin, owner: { id: me.id, name: me.name } }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Take over' }));
    expect(await screen.findByText('Mia Krystof (you)')).toBeVisible();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(server.callsOf(CHANGE)).toMatchObject([{ body: { userId: me.id } }]);
  });

  it('keep the question open when the server refuses', async () => {
    server.refuse(CHANGE, 409, 'conflict', 'This person looks after the connection already. Nothing was changed.');
    open({ ...ofLin, status: 'active', product: 'jira-data-center' });
    await press('Take over acme.atlassian.net');
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('State, credentials, links and webhook stay as they are.');
    expect(dialog).not.toHaveTextContent('list of apps');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Take over' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('looks after the connection already');
  });
});

describe('handing a connection over', () => {
  it('offers those who are linked, but for its owner, and wants one of them chosen', async () => {
    server.answer(LINKED_HERE, items(person(LIN, 'Lin'), person(MO, 'Mo'))).answer(CHANGE, { body: { ...ofLin, owner: { id: MO, name: 'Mo' } } });
    open(ofLin);
    await press('Hand over acme.atlassian.net');
    const dialog = screen.getByRole('dialog', { name: 'Hand over acme.atlassian.net?' });
    const handOver = within(dialog).getByRole('button', { name: 'Hand over' });
    expect(await within(dialog).findAllByRole('radio')).toHaveLength(1);
    await userEvent.click(handOver);
    expect(within(dialog).getByRole('alert')).toHaveTextContent('Choose the new owner first.');
    await userEvent.click(within(dialog).getByRole('radio', { name: 'Mo' }));
    await userEvent.click(handOver);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(server.callsOf(CHANGE)).toMatchObject([{ body: { userId: MO } }]);
  });

  it('finds others by their name, and forgets who was chosen and is not shown any more', async () => {
    server.answer(LINKED_HERE, items(person(MO, 'Mo'))).answer('GET /api/v1/admin/users?search=nobody', items()).answer('GET /api/v1/admin/users?search=mia', items(person(me.id, 'Mia')));
    open(ofLin);
    await press('Hand over acme.atlassian.net');
    const dialog = screen.getByRole('dialog');
    await userEvent.click(await within(dialog).findByRole('radio', { name: 'Mo' }));
    const look = async (name: string) => {
      await userEvent.clear(within(dialog).getByLabelText('Name or e-mail address'));
      await fill(within(dialog).getByLabelText('Name or e-mail address'), name);
      await userEvent.click(within(dialog).getByRole('button', { name: 'Find' }));
    };
    await look('nobody');
    expect(await within(dialog).findByText('Nobody who signed in here fits this search.')).toBeVisible();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Hand over' }));
    expect(within(dialog).getByRole('alert')).toHaveTextContent('Choose the new owner first.');
    await look('mia');
    expect(await within(dialog).findByRole('radio', { name: 'Mia' })).not.toBeChecked();
    expect(server.callsOf(CHANGE)).toEqual([]);
  });

  it('says whom to look for when nobody else is linked', async () => {
    server.answer(LINKED_HERE, items(person(LIN, 'Lin')));
    open(ofLin);
    await press('Hand over acme.atlassian.net');
    expect(await screen.findByText(/Nobody else is linked on this connection/)).toBeVisible();
  });
});
