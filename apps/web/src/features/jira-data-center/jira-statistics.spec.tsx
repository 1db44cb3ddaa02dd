import type { WebhookStatistics } from '@openhands-jira/contracts';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { dataCenterMember, dataCenterOwned, me, notConfigured } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const PAGE = '/settings/integrations/jira-data-center';
const ASK = 'POST /api/v1/jira-data-center/webhook/statistics';
const failing: WebhookStatistics = { verdict: 'failing', detail: 'Jira made 3 calls.', hint: 'The secret is another one.', counts: { successes: 1, failures: 2, errors: 0 }, lastError: { at: '2026-11-20T08:00:00.000Z', status: 403 } };

let server: FakeServer;
const field = () => screen.findByLabelText(/^Token of a Jira administrator/, { selector: 'input' });

function see(integration: object): void {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items: [notConfigured, integration] } });
  openPage(PAGE);
}

async function ask(token: string): Promise<void> {
  await userEvent.click(await screen.findByText('Ask Jira what became of its calls'));
  if (token) await fill(await field(), token);
  await userEvent.click(await screen.findByRole('button', { name: 'Ask Jira' }));
}

describe("Jira's own counters of the webhook", () => {
  it('are asked for with a token that is used once, and told with what to do', async () => {
    see(dataCenterOwned);
    server.answer(ASK, { body: failing });
    await ask('one-time-token');
    expect(await screen.findByText('Calls went wrong')).toBeVisible();
    expect(screen.getByText('Jira made 3 calls. The secret is another one.')).toBeVisible();
    expect(screen.getByText(/^The last call that went wrong/).querySelector('time')).toHaveAttribute('datetime', failing.lastError!.at);
    expect(server.callsOf(ASK).map(({ body }) => body)).toEqual([{ adminToken: 'one-time-token' }]);
    expect(await field()).toHaveValue('');
    expect(document.body.innerHTML).not.toContain('one-time-token');
  });

  it('are not asked for without a token, and a token that Jira refuses is told at its field', async () => {
    see(dataCenterOwned);
    server.refuse(ASK, 422, 'jira_not_admin', 'This token belongs to somebody else.', [{ path: 'adminToken', message: 'This token belongs to somebody else.' }]);
    await ask('');
    expect(server.callsOf(ASK)).toEqual([]);
    await fill(await field(), 'weak');
    await userEvent.click(screen.getByRole('button', { name: 'Ask Jira' }));
    expect(await screen.findByText('This token belongs to somebody else.')).toBeVisible();
    expect(await field()).toHaveAccessibleDescription(/somebody else/);
  });

  it('are not offered to members', async () => {
    see(dataCenterMember);
    expect(await screen.findByRole('button', { name: 'Unlink' })).toBeVisible();
    expect(screen.queryByText('Seen from Jira')).not.toBeInTheDocument();
  });
});
