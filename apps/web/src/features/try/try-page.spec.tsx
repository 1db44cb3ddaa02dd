import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { fill } from '../../testing/fill.js';
import { CONNECTION_LINKS, CONNECTION_UNLINKED, dataCenterOff, ID, linkedOnly, linkOfLin, me, owned, startingTry } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const PAGE = `/settings/connections/${ID}/try`;
const TRY = `POST /api/v1/connections/${ID}/try`;

let server: FakeServer;
const press = async () => userEvent.click(await screen.findByRole('button', { name: 'Try it' }));
const sent = () => server.callsOf(TRY).map(({ body }) => body);

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer(`GET ${CONNECTION_LINKS}?limit=100`, { body: { items: [linkOfLin], nextCursor: null } }).answer(TRY, { body: startingTry });
});

describe('"Try it"', () => {
  it('tries a sample about an issue by a person, and shows the answer of the door, the steps, the comment and the job', async () => {
    openPage(PAGE);
    await userEvent.selectOptions(await screen.findByLabelText('Sample'), 'label');
    await fill(screen.getByLabelText('Issue key'), 'shop-1');
    await userEvent.selectOptions(screen.getByLabelText('Person'), 'Lin in Jira (Lin)');
    await press();
    const result = await screen.findByRole('region', { name: 'What would become of it' });
    expect(result).toHaveTextContent('Jira would be answered with 200. The delivery would be let in.');
    expect(result).toHaveTextContent('A sample is not in Jira');
    expect(within(result).getByRole('list', { name: 'How it would be decided' })).toHaveTextContent('The line names acme/shop.');
    expect(within(result).getByRole('region', { name: 'Comment in the issue, as text' })).toHaveTextContent('OpenHands starts.');
    expect(result).toHaveTextContent('Fix the rounding.');
    expect(sent()).toEqual([{ sample: 'label', issueKey: 'shop-1', jiraAccountId: linkOfLin.jiraAccountId, as: 'signed' }]);
  });

  it('tries a body, signed wrongly, and says why it would be turned away', async () => {
    server.answer(TRY, { body: { ...startingTry, outcome: 'rejected', reason: 'signature_mismatch', detail: 'The delivery was not accepted.', fixHint: 'Copy the secret again.', trace: [], comment: null, job: null, door: { status: 403, detail: 'The delivery was not accepted.' }, readBack: 'real' } });
    openPage(PAGE);
    await userEvent.click(await screen.findByRole('radio', { name: 'A body of your own' }));
    await fill(screen.getByLabelText('Body'), '{"webhookEvent":"x"}');
    await userEvent.selectOptions(screen.getByLabelText('Signature'), 'wrongly_signed');
    await press();
    const result = await screen.findByRole('region', { name: 'What would become of it' });
    expect(result).toHaveTextContent('Jira would be answered with 403.');
    expect(result).toHaveTextContent('Copy the secret again.');
    expect(result).toHaveTextContent('No new comment would be written.');
    expect(sent()).toEqual([{ payload: '{"webhookEvent":"x"}', as: 'wrongly_signed' }]);
  });

  it('says at the field what is missing, and sends nothing; what the server finds wrong comes to its field too', async () => {
    openPage(PAGE);
    await press();
    expect(await screen.findByText('Enter the key of an issue, like PROJ-123.')).toBeVisible();
    await waitFor(() => expect(screen.getByLabelText('Issue key')).toHaveFocus());
    expect(sent()).toEqual([]);
    await fill(screen.getByLabelText('Issue key'), 'SHOP-9');
    await userEvent.selectOptions(screen.getByLabelText('Person'), 'Lin in Jira (Lin)');
    server.refuse(TRY, 400, 'validation_failed', 'Wrong.', [{ path: 'issueKey', message: 'The service account cannot see this issue.' }]);
    await press();
    expect(await screen.findByText('The service account cannot see this issue.')).toBeVisible();
    expect(screen.getByLabelText('Issue key')).toHaveValue('SHOP-9');
    server.refuse(TRY, 429, 'too_many_requests', 'You ran many trials within a minute.');
    await press();
    expect(await screen.findByRole('alert')).toHaveTextContent('You ran many trials within a minute.');
  });

  it('says that an issue key is none when its field is left, and not before', async () => {
    openPage(PAGE);
    const field = await screen.findByLabelText('Issue key');
    await userEvent.click(field);
    await userEvent.tab();
    await fill(field, 'shop');
    expect(screen.queryByText('Enter the key of an issue, like PROJ-123.')).toBeNull();
    await userEvent.tab();
    expect(await screen.findByText('Enter the key of an issue, like PROJ-123.')).toBeVisible();
    await fill(field, '-9');
    await userEvent.tab();
    await waitFor(() => expect(screen.queryByText('Enter the key of an issue, like PROJ-123.')).toBeNull());
    expect(sent()).toEqual([]);
  });

  it('does not exist for those who do not look after the connection', async () => {
    server.refuse(`GET ${CONNECTION_LINKS}?limit=100`, 404, 'not_found', 'There is no such connection.');
    openPage(PAGE);
    await waitFor(() => expect(server.callsOf(`GET ${CONNECTION_LINKS}?limit=100`)).not.toEqual([]));
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Try it' })).not.toBeInTheDocument());
    expect(screen.getByRole('heading', { level: 1 })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Try it' })).not.toBeInTheDocument();
  });

  it.each([['who looks after the connection', owned, 1], ['a member', linkedOnly, 0]])('is offered on the page of the connection: %s', async (_, integration, links) => {
    server.answer('GET /api/v1/integrations', { body: { items: [integration, dataCenterOff] } }).answer(`GET ${CONNECTION_LINKS}?limit=10`, { body: { items: [], nextCursor: null } }).answer(`GET ${CONNECTION_UNLINKED}`, { body: { items: [], nextCursor: null } });
    openPage('/settings/integrations/jira-cloud');
    expect(await screen.findByRole(links > 0 ? 'link' : 'button', { name: links > 0 ? 'Try a call' : 'Unlink' })).toBeVisible();
    expect(screen.queryAllByRole('link', { name: 'Try a call' })).toHaveLength(links);
  });
});
