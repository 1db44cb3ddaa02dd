import { type ConnectionRules, type ConnectionRulesView, DEFAULT_RULES } from '@openhands-jira/contracts';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterOff, ID, me, owned, quietOverview } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const PAGE = `/settings/connections/${ID}/rules`;
const RULES = `/api/v1/connections/${ID}/rules`;
const shop: ConnectionRules = { ...DEFAULT_RULES, projects: [{ key: 'SHOP', defaultRepository: 'acme/shop', gate: { labels: ['ready'], statuses: [], fields: [] } }], allowedApps: ['Automation for Jira'] };
const view = (rules: ConnectionRules, mayChangeApps = true): ConnectionRulesView => ({ rules, mayChangeApps, gitHosts: ['github.com'] });

let server: FakeServer;
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));
const saved = () => server.callsOf(`PUT ${RULES}`).map(({ body }) => body as ConnectionRules);

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/deliveries/overview', { body: { ...quietOverview, connections: [{ id: ID, product: 'jira-cloud', site: 'acme.atlassian.net' }] } });
  server.answer(`GET ${RULES}`, { body: view(shop) }).answer(`PUT ${RULES}`, { body: view(shop) });
  server.answer(`POST ${RULES}/preview`, { body: { looked: 200, moreWouldStart: 7, fewerWouldStart: 3, examples: [{ deliveryId: ID, issueKey: 'BANK-1', now: 'started', then: 'project_out_of_scope' }] } });
});

describe('the rules of a connection', () => {
  it('are changed project by project, and saved as a whole', async () => {
    openPage(PAGE);
    await press('Add a project');
    await waitFor(() => expect(screen.getByLabelText('Project key of the new project')).toHaveFocus());
    await userEvent.paste('bank');
    await fill(screen.getByLabelText('Statuses of BANK'), 'To Do, Ready for work');
    await userEvent.click(screen.getByRole('radio', { name: 'Leave them alone' }));
    await userEvent.click(screen.getByRole('switch', { name: 'Listen to descriptions' }));
    await press('Save');
    expect(await screen.findByText('Saved. The rules count for whatever comes from now on.')).toBeVisible();
    expect(saved()).toEqual([{ ...shop, otherProjects: 'not_served', addressInDescription: true, projects: [...shop.projects, { key: 'BANK', defaultRepository: null, gate: { labels: [], statuses: ['To Do', 'Ready for work'], fields: [] } }] }]);
  });

  it('say before saving what they would change, with the deliveries that would end otherwise', async () => {
    openPage(PAGE);
    await press('Remove SHOP');
    expect(await screen.findByText('Not saved yet. Of the last 200 deliveries, 7 more would start work, 3 fewer.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Delivery of BANK-1' })).toHaveAttribute('href', `/deliveries/${ID}`);
    expect(server.callsOf(`POST ${RULES}/preview`)).toHaveLength(1);
    expect(saved()).toEqual([]);
  });

  it('are checked at the field when it is left, and nothing wrong is sent', async () => {
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('radio', { name: 'Only people of a list' }));
    await fill(screen.getByLabelText('People of the list'), 'ada@example.com\nben');
    expect(screen.getByLabelText('People of the list')).not.toHaveAttribute('aria-invalid', 'true');
    await press('Add a project');
    expect(await screen.findByText(/“ben”: Enter an e-mail address/)).toBeVisible();
    await press('Save');
    const summary = await screen.findByRole('alert');
    for (const name of ['Project key of the new project', 'People of the list']) expect(summary).toHaveTextContent(name);
    expect(saved()).toEqual([]);
  });

  it('keep every word when the server refuses, and say at the field why', async () => {
    server.refuse(`PUT ${RULES}`, 422, 'validation_failed', 'Some values are wrong.', [{ path: 'projects.0.defaultRepository', message: 'No git provider of this installation has the host code.example.com.' }]);
    openPage(PAGE);
    const field = await screen.findByLabelText('Default repository of SHOP');
    await userEvent.clear(field);
    await fill(field, 'code.example.com/acme/shop');
    await press('Save');
    expect(await screen.findByText(/has the host code.example.com/)).toBeVisible();
    expect(field).toHaveValue('code.example.com/acme/shop');
    expect(field).toHaveFocus();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('keep unsaved words while somebody looks elsewhere, until they are discarded', async () => {
    server.answer('GET /api/v1/integrations', { body: { items: [owned, dataCenterOff] } });
    openPage(PAGE);
    await fill(await screen.findByLabelText('Default repository'), 'acme/all');
    await userEvent.click(screen.getByRole('link', { name: 'Back to the connection' }));
    await userEvent.click(await screen.findByRole('link', { name: 'Open the rules' }));
    expect(await screen.findByText('These are your changes from before. They are not saved yet.')).toBeVisible();
    expect(screen.getByLabelText('Default repository')).toHaveValue('acme/all');
    expect(fireEvent(window, new Event('beforeunload', { cancelable: true }))).toBe(false);
    await press('Discard the changes');
    expect(screen.getByLabelText('Default repository')).toHaveValue('');
    expect(fireEvent(window, new Event('beforeunload', { cancelable: true }))).toBe(true);
    await waitFor(() => expect(document.activeElement).not.toBe(document.body));
  });

  it('let a connection only watch, and tell what it would have done', async () => {
    server.answer(`GET /api/v1/connections/${ID}/shadow-report`, { body: { since: '2026-10-21T00:00:00.000Z', accepted: 4, refused: 3, refusals: [{ reason: 'repo_missing', count: 2 }, { reason: 'user_not_linked', count: 1 }] } });
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('switch', { name: 'Only watch' }));
    expect(await screen.findByText('In the last 30 days, while it only watched, this connection would have accepted 4 and refused 3 requests.')).toBeVisible();
    expect(screen.getByRole('list', { name: 'Reasons of the refusals' })).toHaveTextContent(/^No repository was found: 2The person has not connected their Jira account: 1$/);
    expect(screen.getByRole('link', { name: 'Would have been accepted' })).toHaveAttribute('href', `/activity?connectionId=${ID}&reason=shadow_accepted`);
    await press('Save');
    expect(await screen.findByText('Saved. The rules count for whatever comes from now on.')).toBeVisible();
    expect(saved()).toEqual([{ ...shop, shadow: true }]);
  });

  it('leave the list of apps to the owner', async () => {
    server.answer(`GET ${RULES}`, { body: view(shop, false) });
    openPage(PAGE);
    expect(await screen.findByText(/only the owner can change this list/)).toBeVisible();
    expect(screen.getByRole('list', { name: 'Allowed apps' })).toHaveTextContent('Automation for Jira');
    expect(screen.queryByLabelText('Allowed apps', { selector: 'textarea' })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('switch', { name: 'Work without a repository' }));
    await press('Save');
    await waitFor(() => expect(saved()[0]?.allowedApps).toEqual(['Automation for Jira']));
  });

  it('are no page for members', async () => {
    server.refuse(`GET ${RULES}`, 404, 'not_found', 'There is no such connection, or it is not yours.');
    openPage(PAGE);
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeVisible();
  });
});
