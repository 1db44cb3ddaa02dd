import { HEALTH_CHECKS, type HealthCheck } from '@openhands-jira/contracts';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterMember, dataCenterOff, dataCenterOwned, ID, linkedOnly, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { checkTexts } from '../../texts-of-checks.js';

const CLOUD = '/settings/integrations/jira-cloud';
const DATA_CENTER = '/settings/integrations/jira-data-center';
const TEST = `POST /api/v1/connections/${ID}/test`;
const check = (changes: Partial<HealthCheck>): HealthCheck => ({ check: 'site', result: 'pass', detail: 'It is there.', hint: '', at: null, ...changes });

let server: FakeServer;
const press = async () => userEvent.click(await screen.findByRole('button', { name: 'Test' }));

function see(...items: object[]): void {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items } });
}

describe('the test of a saved connection', () => {
  it.each(HEALTH_CHECKS)('has a name for the check "%s"', (name) => expect(checkTexts.names[name]).toMatch(/^[A-Z]/));

  it('shows the owner of a workspace each result with what to do, and when the last delivery came', async () => {
    see(owned, dataCenterOff);
    server.answer(TEST, { body: { items: [check({}), check({ check: 'scopes', result: 'fail', detail: 'A scope is missing.', hint: 'Create a new token.' }), check({ check: 'permissions', result: 'unknown', detail: 'Not tried.' }), check({ check: 'last_accepted', at: '2026-01-02T03:04:05.000Z' })] } });
    openPage(CLOUD);
    await press();
    const results = await screen.findByRole('list', { name: 'Results of the test' });
    for (const line of ['Workspace Passed', 'Scopes Failed', 'Create a new token.', 'Projects and permissions Cannot tell']) expect(results).toHaveTextContent(line);
    expect(results.querySelector('time')).toHaveAttribute('datetime', '2026-01-02T03:04:05.000Z');
    expect(screen.getAllByText('One check failed.')).not.toHaveLength(0);
  });

  it('does not say that all is well when something could not be told', async () => {
    see(owned, dataCenterOff);
    server.answer(TEST, { body: { items: [check({}), check({ check: 'refusals', result: 'unknown' })] } });
    openPage(CLOUD);
    await press();
    expect((await screen.findAllByText('No check failed.'))[0]).toBeVisible();
    expect(screen.queryByText('All checks passed.')).not.toBeInTheDocument();
  });

  it('says that typed values are not tested', async () => {
    see(owned, dataCenterOff);
    openPage(CLOUD);
    await fill(await screen.findByLabelText(/Service Account API Key/, { selector: 'input' }), 'new-token');
    expect(await screen.findByText(/The test uses the saved values/)).toBeVisible();
  });

  it('is there for whoever looks after the webhook of a Jira Data Center', async () => {
    see(notConfigured, dataCenterOwned);
    server.refuse(TEST, 429, 'too_many_requests', 'You asked Jira many times within a minute.');
    openPage(DATA_CENTER);
    await press();
    expect((await screen.findByText(/many times within a minute/)).closest('[role=alert]')).toBeVisible();
  });

  it.each([['a workspace', CLOUD, [linkedOnly, dataCenterOff]], ['a Jira Data Center', DATA_CENTER, [notConfigured, dataCenterMember]]])('is not offered to members of %s', async (_, page, items) => {
    see(...items);
    openPage(page);
    expect((await screen.findAllByRole('button', { name: 'Unlink' }))[0]).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Test' })).not.toBeInTheDocument();
  });
});
