import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { DeliveryOutcome, DeliveryReason } from '@openhands-jira/contracts';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterOff, ID, linkedOnly, me, owned, quietOverview, refusedDelivery, runningJob, startingTrial } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import * as codeTexts from '../../texts-of-codes.js';
import { OUTCOME_ICONS, OUTCOME_TONES } from './deliveries.js';
import { readFilter } from './delivery-filter.js';
import { whereToAct } from './where-to-act.js';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items: [owned, dataCenterOff] } }).answer('GET /api/v1/deliveries/overview', { body: quietOverview });
});

describe('the words of the delivery log', () => {
  it.each(DeliveryOutcome.options)('the outcome "%s" has a word, an icon and a tone', (outcome) => {
    expect([codeTexts.outcomes[outcome], OUTCOME_ICONS[outcome], OUTCOME_TONES[outcome]].every(Boolean)).toBe(true);
  });

  it.each(DeliveryReason.options)('the reason "%s" has a sentence', (reason) => expect(codeTexts.reasons[reason]).toMatch(/^[A-Z].*[^.]$/));
});

describe('the delivery log', () => {
  it('says what comes here when it is empty', async () => {
    server.answer('GET /api/v1/deliveries?limit=50', { body: { items: [], nextCursor: null } });
    openPage('/activity');
    expect(await screen.findByText('No deliveries yet')).toBeVisible();
  });

  it('asks the server for what the filters say', async () => {
    server.answer('GET /api/v1/deliveries?limit=50', { body: { items: [], nextCursor: null } }).answer('GET /api/v1/deliveries?outcome=refused&reason=repo_missing&issueKey=SHOP-1&actor=Mia+Krystof&limit=50', { body: { items: [refusedDelivery], nextCursor: null } });
    openPage('/activity');
    await userEvent.selectOptions(await screen.findByLabelText('Outcome'), 'refused');
    await userEvent.selectOptions(screen.getByLabelText('Reason'), 'repo_missing');
    await fill(screen.getByLabelText('Issue key'), 'shop-1');
    await fill(screen.getByLabelText('Person in Jira'), 'Mia Krystof');
    await userEvent.click(screen.getByRole('button', { name: 'Filter', hidden: true }));
    expect(await screen.findByRole('link', { name: 'Open Comment created, SHOP-1' })).toHaveAttribute('href', `/deliveries/${ID}`);
    expect(screen.getByRole('table')).toHaveTextContent('No repository was found');
  });

  it('asks for the days that were chosen, whole, and says when they are the wrong way round', async () => {
    server.answer('GET /api/v1/deliveries?limit=50', { body: { items: [], nextCursor: null } });
    openPage('/activity?from=2026-11-21&to=2026-11-20');
    fireEvent.submit((await screen.findByLabelText('From')).closest('form')!);
    expect(await screen.findByText('This day is after the last one. Choose an earlier day.')).toBeVisible();
    fireEvent.change(screen.getByLabelText('From'), { target: { value: '2026-11-20' } });
    fireEvent.submit(screen.getByLabelText('From').closest('form')!);
    const asked = new URLSearchParams({ since: new Date(2026, 10, 20).toISOString(), until: new Date(2026, 10, 21).toISOString(), limit: '50' });
    await waitFor(() => expect(server.callsOf(`GET /api/v1/deliveries?${asked}`)).not.toEqual([]));
  });

  it('runs again what the filter shows, after a question, and goes on with older ones', async () => {
    const [list, again] = ['GET /api/v1/deliveries?outcome=failed&limit=50', 'POST /api/v1/deliveries/replay'];
    server.answer(list, { body: { items: [{ ...refusedDelivery, outcome: 'failed', reason: 'jira_unreachable' }], nextCursor: null } }).answer(again, { status: 202, body: { accepted: 99, skipped: 1, nextCursor: 'next' } });
    openPage('/activity?outcome=failed');
    await userEvent.click(await screen.findByRole('button', { name: 'Run these again' }));
    const dialog = screen.getByRole('dialog', { name: 'Run these deliveries again?' });
    expect(dialog).toHaveTextContent('What has led to a job does not start a second one.');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Run again' }));
    expect(await screen.findByText(/^99 deliveries are decided again\. 1 left out: .* There are older ones\.$/)).toBeVisible();
    server.answer(again, { status: 202, body: { accepted: 1, skipped: 0, nextCursor: null } });
    await userEvent.click(screen.getByRole('button', { name: 'Run older ones again' }));
    await userEvent.click(screen.getByRole('button', { name: 'Run again' }));
    expect(await screen.findAllByText('One delivery is decided again.')).not.toHaveLength(0);
    expect(server.callsOf(again).map(({ body }) => body)).toEqual([{ outcome: 'failed' }, { outcome: 'failed', cursor: 'next' }]);
  });

  it.each<[string, string, object]>([['jobs', '/activity?outcome=job', owned], ['everything', '/activity', owned], ['what others look after', '/activity?outcome=failed', linkedOnly]])('does not offer to run %s again', async (_, address, integration) => {
    server.answer('GET /api/v1/integrations', { body: { items: [integration, dataCenterOff] } });
    for (const query of ['outcome=job&', '', 'outcome=failed&']) server.answer(`GET /api/v1/deliveries?${query}limit=50`, { body: { items: [refusedDelivery], nextCursor: null } });
    openPage(address);
    expect(await screen.findByRole('link', { name: 'Open Comment created, SHOP-1' })).toBeVisible();
    await waitFor(() => expect(server.callsOf('GET /api/v1/integrations')).not.toEqual([]));
    expect(screen.queryByRole('button', { name: 'Run these again' })).not.toBeInTheDocument();
  });

  it('drops words of an address that the server would refuse', () => {
    expect(readFilter(new URLSearchParams('outcome=great&reason=no&within=2y&from=yesterday&issueKey=%20&actor=Mia'))).toEqual({ actor: 'Mia' });
  });

  it('counts the last 24 hours, and tells of calls that were not let in what to do', async () => {
    const rejected = [{ connectionId: ID, reason: 'signature_mismatch', count: 3, lastAt: refusedDelivery.receivedAt, fixHint: 'The secret differs.' }];
    server.answer('GET /api/v1/deliveries/overview', { body: { ...quietOverview, outcomes: { ...quietOverview.outcomes, refused: 12, rejected: 3 }, rejected, connections: [{ id: ID, product: 'jira-cloud', site: 'acme.atlassian.net' }] } });
    server.answer('GET /api/v1/deliveries?limit=50', { body: { items: [], nextCursor: null } });
    openPage('/activity');
    expect(await screen.findByRole('link', { name: '12 Refused' })).toHaveAttribute('href', '/activity?outcome=refused&within=24h');
    const told = screen.getByRole('region', { name: 'Rejected calls' });
    expect(told).toHaveTextContent('The signature does not fit · acme.atlassian.net · 3 calls');
    expect(told).toHaveTextContent('The secret differs.');
  });

  it('goes on to older ones, and back to the newest', async () => {
    const older = { ...refusedDelivery, id: '0190a0b0-0000-7000-8000-000000000000', issueKey: 'SHOP-2' };
    server.answer('GET /api/v1/deliveries?limit=50', { body: { items: [refusedDelivery], nextCursor: ID } }).answer(`GET /api/v1/deliveries?limit=50&cursor=${ID}`, { body: { items: [older], nextCursor: null } });
    openPage('/activity');
    await userEvent.click(await screen.findByRole('button', { name: 'Show older ones' }));
    expect(await screen.findByRole('link', { name: 'Open Comment created, SHOP-2' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Open Comment created, SHOP-1' })).toBeVisible();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Back to the newest' })).toHaveFocus());
    await userEvent.click(screen.getByRole('button', { name: 'Back to the newest' }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Open Comment created, SHOP-2' })).not.toBeInTheDocument());
    expect(screen.getByRole('heading', { name: 'Activity', level: 1 })).toHaveFocus();
  });

  it('shows the decision of one delivery step by step, with what to do', async () => {
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: refusedDelivery });
    openPage(`/deliveries/${ID}`);
    const steps = await screen.findByRole('list', { name: 'How it was decided' });
    expect(steps).toHaveTextContent('Signature Yes');
    expect(steps).toHaveTextContent('Repository No');
    expect(screen.getByText(/Write a line "Repository: owner\/name"/)).toBeVisible();
  });

  it('offers "Run again" only to those who get the payload', async () => {
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: refusedDelivery });
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByText(/Only the owner of the connection and administrators see what Jira sent/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Run again' })).not.toBeInTheDocument();
  });

  it('runs a delivery again and leads to the new one', async () => {
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: { ...refusedDelivery, manages: true, payloadKeptUntil: '2099-01-01T00:00:00.000Z', payload: { webhookEvent: 'comment_created' }, headers: {} } }).answer(`POST /api/v1/deliveries/${ID}/replay`, { status: 202, body: { deliveryId: '0190a0b0-0000-7000-8000-000000000002' } });
    openPage(`/deliveries/${ID}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Run again' }));
    expect(await screen.findByRole('link', { name: 'Open the new delivery' })).toHaveAttribute('href', '/deliveries/0190a0b0-0000-7000-8000-000000000002');
  });

  it('runs a delivery as a trial, and shows what would be written and started', async () => {
    const path = `POST /api/v1/deliveries/${ID}/dry-run`;
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: { ...refusedDelivery, manages: true, payloadKeptUntil: '2099-01-01T00:00:00.000Z', payload: {}, headers: {} } }).answer(path, { body: startingTrial });
    openPage(`/deliveries/${ID}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Run as a trial' }));
    const result = await screen.findByRole('group', { name: 'Result of the trial' });
    expect(within(result).getByRole('status')).toHaveTextContent(/It would end with: .*A job starts in acme\/shop\..*nothing was written/);
    expect(within(result).getByRole('list', { name: 'How it would be decided' })).toHaveTextContent('The line names acme/shop.');
    expect(within(result).getByRole('region', { name: 'Comment in the issue, as text' })).toHaveTextContent('OpenHands starts.');
    expect(result).toHaveTextContent('"type": "doc"');
    expect(result).toHaveTextContent('*OpenHands* starts.');
    expect(result).toHaveTextContent('github.com/acme/shop');
    expect(result).toHaveTextContent('Fix the rounding.');
    server.refuse(path, 429, 'too_many_requests', 'You ran many trials within a minute.');
    await userEvent.click(screen.getByRole('button', { name: 'Run as a trial' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('You ran many trials within a minute.');
    expect(screen.queryByRole('group', { name: 'Result of the trial' })).not.toBeInTheDocument();
  });

  it('says until when the payload is kept, and when it is gone', async () => {
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: { ...refusedDelivery, manages: true } });
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByText(/The payload is no longer kept/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Run again' })).not.toBeInTheDocument();
  });

  it.each([
    ['git_provider_not_connected', 'jira-cloud', false, '/account'],
    ['user_not_linked', 'jira-data-center', false, '/settings/integrations/jira-data-center'],
    ['service_account_rejected', 'jira-cloud', false, '/settings/integrations/jira-cloud'],
    ['service_account_rejected', 'jira-data-center', true, '/settings/installation'],
    ['service_account_rejected', 'jira-data-center', false, undefined],
    ['no_mention_no_label', 'jira-cloud', true, undefined],
  ] as const)('leads from the hint of %s of %s (administrator: %s) to %s', (reason, product, isAdmin, to) => {
    expect(whereToAct({ reason, product, connectionId: ID, manages: isAdmin }, isAdmin)?.to).toBe(to);
  });

  it('marks the activity in the menu', async () => {
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: refusedDelivery });
    openPage(`/deliveries/${ID}`);
    await screen.findByRole('heading', { name: 'How it was decided' });
    expect(screen.getByRole('link', { name: 'Activity' })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: 'Integrations' })).not.toHaveAttribute('aria-current');
  });

  it.each(['project_out_of_scope', 'user_not_allowed', 'user_is_app', 'gate_not_met', 'repo_missing'] as const)('leads those who look after the connection from the hint of %s to its rules', (reason) => {
    expect(whereToAct({ reason, product: 'jira-cloud', connectionId: ID, manages: true }, false)?.to).toBe(`/settings/connections/${ID}/rules`);
    expect(whereToAct({ reason, product: 'jira-cloud', connectionId: ID, manages: false }, false)).toBeNull();
  });

  it("answers somebody else's delivery like one that does not exist", async () => {
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeVisible();
  });
});

describe('the link in a comment', () => {
  const DECISION = `GET /api/v1/deliveries/${ID}/decision`;
  const decided = { body: { outcome: 'refused', reason: 'repo_missing', title: 'No repository is named', fixHint: 'Write a line "Repository: owner/name".' } };
  const signedOut = () => server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in.');

  it('tells a reader who is not signed in how it ended and what to do, and leads back after signing in', async () => {
    signedOut().answer(DECISION, decided);
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByText('No repository is named')).toBeVisible();
    expect(screen.getByText('Refused')).toBeVisible();
    expect(screen.getByText(/Write a line "Repository: owner\/name"/)).toBeVisible();
    for (const link of screen.getAllByRole('link', { name: 'Sign in' })) expect(link).toHaveAttribute('href', `/sign-in?returnTo=%2Fdeliveries%2F${ID}`);
    expect(server.calls.map(({ path }) => path)).not.toContain(`/api/v1/deliveries/${ID}`);
    expect(screen.queryByRole('navigation')).not.toBeInTheDocument();
  });

  it('tells somebody whose delivery it is not the same', async () => {
    server.answer(DECISION, decided);
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByText('No repository is named')).toBeVisible();
    expect(screen.getByText(/Every step is for the person who asked/)).toBeVisible();
  });

  it.each([[404, 'not_found'], [400, 'validation_failed']])('says so when there is nothing to tell (%i)', async (status, code) => {
    signedOut().refuse(DECISION, status, code, 'No.');
    openPage(`/deliveries/${ID}`);
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Sign in' })).toBeVisible();
  });
});

describe('"Why did nothing happen?"', () => {
  it('names the usual causes when nothing about the issue has come', async () => {
    server.answer('GET /api/v1/deliveries?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } }).answer('GET /api/v1/jobs?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } });
    openPage('/activity/why');
    await fill(await screen.findByLabelText('Issue key'), 'shop-9');
    await userEvent.click(screen.getByRole('button', { name: 'Look' }));
    expect(await screen.findByText('Nothing about SHOP-9 has reached us that you may see')).toBeVisible();
    expect(await screen.findByText(/Jira has never called us from acme.atlassian.net/)).toBeVisible();
  });

  it.each([['yes', /can see SHOP-9, so access is not the cause/], ['no', /cannot see SHOP-9\. Either there is no such issue/], ['unknown', /Jira could not be asked just now/]])('says what the service account sees when nothing has come (%s)', async (seen, words) => {
    server.answer('GET /api/v1/deliveries?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } }).answer('GET /api/v1/jobs?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } });
    server.answer('GET /api/v1/issue-sight?issueKey=SHOP-9', { body: { items: [{ connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', seen, projectServed: true, lastDeliveryAt: null }] } });
    openPage('/activity/why?issueKey=SHOP-9');
    expect(await screen.findByText(words)).toHaveTextContent('acme.atlassian.net: ');
    expect(screen.queryByText(/leave the project of SHOP-9 out/)).toBeNull();
  });

  it('says when the rules leave the project out', async () => {
    server.answer('GET /api/v1/deliveries?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } }).answer('GET /api/v1/jobs?issueKey=SHOP-9&limit=50', { body: { items: [], nextCursor: null } });
    server.answer('GET /api/v1/issue-sight?issueKey=SHOP-9', { body: { items: [{ connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', seen: 'yes', projectServed: false, lastDeliveryAt: null }] } });
    openPage('/activity/why?issueKey=SHOP-9');
    expect(await screen.findByText(/acme\.atlassian\.net: the rules of the connection leave the project of SHOP-9 out/)).toBeVisible();
  });

  it('says at once what became of the latest request, and what to do', async () => {
    const ignored = { ...refusedDelivery, id: '0190a0b0-0000-7000-8000-000000000009', outcome: 'ignored', reason: 'duplicate_trigger' };
    server.answer('GET /api/v1/deliveries?issueKey=SHOP-1&limit=50', { body: { items: [ignored, refusedDelivery], nextCursor: null } }).answer('GET /api/v1/jobs?issueKey=SHOP-1&limit=50', { body: { items: [], nextCursor: null } });
    server.answer(`GET /api/v1/deliveries/${ID}`, { body: refusedDelivery });
    openPage('/activity/why?issueKey=SHOP-1');
    const answer = await screen.findByRole('region', { name: 'What became of the latest request' });
    expect(answer).toHaveTextContent('No repository was found');
    expect(answer).toHaveTextContent('What to do: Write a line "Repository: owner/name".');
    expect(within(answer).getByRole('link', { name: 'See every step of this decision' })).toHaveAttribute('href', `/deliveries/${ID}`);
  });

  it('asks for a readable issue key', async () => {
    openPage('/activity/why');
    await fill(await screen.findByLabelText('Issue key'), 'not a key');
    await userEvent.click(screen.getByRole('button', { name: 'Look' }));
    expect(await screen.findByText('Enter an issue key, for example PROJ-123.')).toBeVisible();
  });
});

describe('a job', () => {
  it('is cancelled after a question, and shows only what the server says', async () => {
    server.answer(`GET /api/v1/jobs/${ID}`, { body: runningJob }).answer(`POST /api/v1/jobs/${ID}/cancel`, { status: 202, body: { jobId: ID } });
    openPage(`/jobs/${ID}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel the job' }));
    await userEvent.click(screen.getAllByRole('button', { name: 'Cancel the job' })[1]!);
    expect(await screen.findByText('The job is being cancelled.')).toBeVisible();
    expect(screen.getByText('Running')).toBeVisible();
  });

  it('says why it cannot be cancelled any more', async () => {
    server.answer(`GET /api/v1/jobs/${ID}`, { body: runningJob }).refuse(`POST /api/v1/jobs/${ID}/cancel`, 409, 'not_cancellable', 'The job is over.');
    openPage(`/jobs/${ID}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel the job' }));
    await userEvent.click(screen.getAllByRole('button', { name: 'Cancel the job' })[1]!);
    expect(await screen.findByRole('alert')).toHaveTextContent('The job is over.');
  });

  it('never links to an address that would run as a program', async () => {
    server.answer(`GET /api/v1/jobs/${ID}`, { body: runningJob });
    openPage(`/jobs/${ID}`);
    await waitFor(() => expect(screen.getByText('Open in OpenHands')).toBeVisible());
    expect(screen.queryByRole('link', { name: /Open in OpenHands/ })).not.toBeInTheDocument();
  });

  it('can be retried when it failed', async () => {
    server.answer(`GET /api/v1/jobs/${ID}`, { body: { ...runningJob, state: 'failed', failure: 'agent_stuck', finishedAt: runningJob.createdAt } }).answer(`POST /api/v1/jobs/${ID}/retry`, { status: 202, body: { jobId: '0190a0b0-0000-7000-8000-000000000003' } });
    openPage(`/jobs/${ID}`);
    expect(await screen.findByText(codeTexts.jobFailures.agent_stuck)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByRole('link', { name: 'Open the new job' })).toHaveAttribute('href', '/jobs/0190a0b0-0000-7000-8000-000000000003');
  });
});
