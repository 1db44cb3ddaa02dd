import { type ConnectionTestDay, HEALTH_CHECKS, type HealthCheck, type LoopTest } from '@openhands-jira/contracts';
import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterMember, dataCenterOff, dataCenterOwned, ID, linkedOnly, me, notConfigured, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { checkTexts } from '../../texts-of-checks.js';

const CLOUD = '/settings/integrations/jira-cloud';
const DATA_CENTER = '/settings/integrations/jira-data-center';
const TEST = `POST /api/v1/connections/${ID}/test`;
const HISTORY = `GET /api/v1/connections/${ID}/tests`;
const check = (changes: Partial<HealthCheck>): HealthCheck => ({ check: 'site', result: 'pass', detail: 'It is there.', hint: '', at: null, ...changes });

let server: FakeServer;
const press = async () => userEvent.click(await screen.findByRole('button', { name: 'Test' }));

function see(...items: object[]): void {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items } }).answer(HISTORY, { body: { callbackUrl: null, latest: null, days: [] } });
}

/** The tests of so many days, of which the newest is the first; a day is the result of the check "site". */
const daysOf = (...results: HealthCheck['result'][]): ConnectionTestDay[] => results.map((result, before) => ({ day: `2026-11-${20 - before}`, checks: [{ check: 'site', result }] }));
const AT = '2026-11-20T03:04:05.000Z';

describe('the health of a saved connection', () => {
  it('leads from rejected calls to the log of the connection', async () => {
    see(owned, dataCenterOff);
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items: [check({ check: 'last_rejected' }), check({ check: 'refusals', result: 'fail' })] }, days: [] } });
    openPage(CLOUD);
    const links = await screen.findAllByRole('link', { name: 'See the rejected calls' });
    expect(links.map((link) => link.getAttribute('href'))).toEqual([`/activity?connectionId=${ID}`]);
  });

  it('leads from why there was no job to the deliveries, and shows how long each step took', async () => {
    see(owned, dataCenterOff);
    const items = [check({ check: 'tls', tookMs: 42 }), check({ check: 'token', tookMs: 1234 }), check({ check: 'no_job', result: 'fail', reasons: [{ outcome: 'refused', reason: 'repo_missing', count: 3 }] })];
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items }, days: [] } });
    openPage(CLOUD);
    const reasons = await screen.findByRole('list', { name: 'Most frequent reasons' });
    expect(reasons).toHaveTextContent(/: 3$/);
    expect(within(reasons).getByRole('link')).toHaveAttribute('href', `/activity?connectionId=${ID}&outcome=refused&reason=repo_missing&within=7d`);
    const results = screen.getByRole('list', { name: 'Results of the test' });
    expect(results).toHaveTextContent(/Certificate Passed.*Took 42 ms.*API token Passed.*Took 1\.2 s/);
  });

  it('shows what the daily test found, when, and how each check did on the days before', async () => {
    see({ ...owned, state: 'degraded', reasons: [{ code: 'check_failed', detail: 'The latest test of this connection failed. It is not there.' }] }, dataCenterOff);
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items: [check({ result: 'fail', detail: 'It is not there.' }), check({ check: 'token' })] }, days: daysOf('fail', 'pass', 'fail', 'unknown') } });
    openPage(CLOUD);
    const health = await screen.findByRole('region', { name: 'Health' });
    const results = await within(health).findByRole('list', { name: 'Results of the test' });
    expect(results).toHaveTextContent(/Workspace Failed.*It is not there.*Failed on 2 of 4 days, last on/);
    expect(results.querySelectorAll('.day-marks [data-result]')).toHaveLength(4);
    expect(within(health).getByText('Last tested:').querySelector('time')).toHaveAttribute('datetime', AT);
    expect(screen.getByText(/^The latest test of this connection failed/)).toBeVisible();
    expect(server.callsOf(TEST)).toEqual([]);
  });

  it('says of a check that never failed that it did not, and of a single day nothing', async () => {
    see(owned, dataCenterOff);
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items: [check({}), check({ check: 'token' })] }, days: [{ day: '2026-11-20', checks: [{ check: 'site', result: 'pass' }, { check: 'token', result: 'pass' }] }, ...daysOf('pass', 'pass').slice(1)] } });
    openPage(CLOUD);
    expect(await screen.findAllByText('Did not fail on the last 2 days of tests.')).toHaveLength(1);
    expect(screen.queryByText(/^It took between/)).not.toBeInTheDocument();
  });

  it('says of a step how long it took on the days before', async () => {
    see(owned, dataCenterOff);
    const days = [40, 1500, 90].map((tookMs, before) => ({ day: `2026-11-${20 - before}`, checks: [{ check: 'tls', result: 'pass', tookMs }] }));
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items: [check({ check: 'tls', tookMs: 40 })] }, days } });
    openPage(CLOUD);
    expect(await screen.findByText('It took between 40 ms and 1.5 s.')).toBeVisible();
  });

  it('shows the callback address, and says when the page was opened at another one', async () => {
    see(owned, dataCenterOff);
    server.answer(HISTORY, { body: { callbackUrl: `${window.location.origin}/integration/jira/callback`, latest: null, days: [] } });
    openPage(CLOUD);
    expect(await screen.findByLabelText('Callback address')).toHaveValue(`${window.location.origin}/integration/jira/callback`);
    expect(screen.queryByText('You opened this page at another address')).not.toBeInTheDocument();
    cleanup();
    server.answer(HISTORY, { body: { callbackUrl: 'https://agents.example.com/integration/jira/callback', latest: null, days: [] } });
    openPage(CLOUD);
    expect(await screen.findByText(/the callback leads to https:\/\/agents\.example\.com\./)).toBeVisible();
  });

  it('says that there was no test yet', async () => {
    see(owned, dataCenterOff);
    openPage(CLOUD);
    expect(await screen.findByText(/^Not tested yet/)).toBeVisible();
  });

  it('can be tested now also when the former tests could not be loaded', async () => {
    see(owned, dataCenterOff);
    server.refuse(HISTORY, 404, 'not_found', 'There is no such connection.').answer(TEST, { body: { items: [check({})] } });
    openPage(CLOUD);
    expect(await screen.findByText('There is no such connection.')).toBeVisible();
    await press();
    expect(await screen.findByRole('list', { name: 'Results of the test' })).toHaveTextContent('Workspace Passed');
  });

  it('is asked for again after a test, and so is what the card says', async () => {
    see(owned, dataCenterOff);
    server.answer(TEST, { body: { items: [check({ detail: 'Just now.' })] } });
    openPage(CLOUD);
    await screen.findByText(/^Not tested yet/);
    server.answer(HISTORY, { body: { callbackUrl: null, latest: { testedAt: AT, items: [check({ detail: 'Just now.' })] }, days: daysOf('pass', 'fail') } });
    const asked = server.callsOf('GET /api/v1/integrations').length;
    await press();
    expect(await screen.findByText(/Failed on 1 of 2 days/)).toBeVisible();
    expect(server.callsOf('GET /api/v1/integrations').length).toBeGreaterThan(asked);
  });
});

describe('the test of a saved connection', () => {
  it.each(HEALTH_CHECKS)('has a name for the check "%s"', (name) => expect(checkTexts.names[name]).toMatch(/^[A-Z]/));

  it('shows the owner of a workspace each result with what to do, and when the last delivery came', async () => {
    see(owned, dataCenterOff);
    server.answer(HISTORY, 'offline').answer(TEST, { body: { items: [check({}), check({ check: 'scopes', result: 'fail', detail: 'A scope is missing.', hint: 'Create a new token.' }), check({ check: 'permissions', result: 'unknown', detail: 'Not tried.' }), check({ check: 'last_accepted', at: '2026-01-02T03:04:05.000Z' })] } });
    openPage(CLOUD);
    await press();
    const results = await screen.findByRole('list', { name: 'Results of the test' });
    for (const line of ['Workspace Passed', 'Scopes Failed', 'Create a new token.', 'Projects and permissions Cannot tell']) expect(results).toHaveTextContent(line);
    expect(results.querySelector('time')).toHaveAttribute('datetime', '2026-01-02T03:04:05.000Z');
    expect(screen.getAllByText('One check failed.')).not.toHaveLength(0);
  });

  it('does not say that all is well when something could not be told', async () => {
    see(owned, dataCenterOff);
    server.answer(HISTORY, 'offline').answer(TEST, { body: { items: [check({}), check({ check: 'refusals', result: 'unknown' })] } });
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

describe('the loop test', () => {
  const LOOP = `/api/v1/connections/${ID}/loop-test`;
  const waiting: LoopTest = { issueKey: 'SHOP-1', result: 'waiting', detail: 'The comment is being written.', hint: '', startedAt: AT, tookMs: null, deliveryId: null, comment: 'none', endedAt: null };
  const open = async () => userEvent.click(await screen.findByText('Do deliveries arrive?'));

  it('is begun with the key of an issue, and tells its end without another press', async () => {
    see(owned, dataCenterOff);
    server.answer(`GET ${LOOP}`, { body: { latest: null } }).answer(`POST ${LOOP}`, { body: waiting });
    openPage(CLOUD);
    await open();
    const begin = await screen.findByRole('button', { name: 'Write the comment' });
    await userEvent.click(begin);
    expect(await screen.findByText('Enter the key of an issue, like PROJ-123.')).toBeVisible();
    await fill(screen.getByLabelText('Issue for the test'), ' shop-1 ');
    await userEvent.click(begin);
    expect(await screen.findByText('The test is under way')).toBeVisible();
    expect(server.callsOf(`POST ${LOOP}`).map(({ body }) => body)).toEqual([{ issueKey: 'SHOP-1' }]);
    server.answer(`GET ${LOOP}`, { body: { latest: { ...waiting, result: 'arrived', detail: 'Jira called.', tookMs: 1234, deliveryId: ID, comment: 'removed', endedAt: AT } } });
    expect((await screen.findAllByText('Deliveries arrive', {}, { timeout: 6000 }))[0]).toBeVisible();
    expect(screen.getByText(/The call came after 1\.2 s/)).toBeVisible();
    expect(screen.getByText('The comment was removed again.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Open the delivery' })).toHaveAttribute('href', `/deliveries/${ID}`);
  });

  it('says why nothing came, that a comment is left, and what the server refuses', async () => {
    see(notConfigured, dataCenterOwned);
    server.answer(`GET ${LOOP}`, { body: { latest: { ...waiting, result: 'not_arrived', detail: 'No call came for it.', hint: 'Check the webhook.', comment: 'left', endedAt: AT } } }).refuse(`POST ${LOOP}`, 409, 'conflict', 'A loop test is under way.');
    openPage(DATA_CENTER);
    await open();
    expect(await screen.findByText('No call came for it. Check the webhook.')).toBeVisible();
    expect(screen.getByText(/may still be in the issue/)).toBeVisible();
    await fill(screen.getByLabelText('Issue for the test'), 'SHOP-1');
    await userEvent.click(screen.getByRole('button', { name: 'Write the comment' }));
    expect((await screen.findByText('A loop test is under way.')).closest('[role=alert]')).toBeVisible();
  });
});
