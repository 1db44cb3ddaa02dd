import type { Integration, Me } from '@openhands-jira/contracts';
import { screen, within } from '@testing-library/react';
import { FakeServer } from '../../testing/fake-server.js';
import { dataCenterFresh, dataCenterOff, dataCenterOwned, linkedOnly, me, notConfigured } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';
import { readinessOf } from './readiness-lines.js';

const byEmail: Integration = { ...dataCenterFresh, linkMethod: 'email' };

/** Each line as it is read, after the page has opened. */
async function linesOf(person: Me, ...items: Integration[]): Promise<string[]> {
  new FakeServer().answer('GET /api/v1/me', { body: person }).answer('GET /api/v1/integrations', { body: { items } });
  openPage('/settings/integrations');
  const list = await screen.findByRole('list', { name: 'What is needed from you' });
  return within(list).getAllByRole('listitem').map((line) => line.textContent ?? '');
}

describe('whether somebody is ready to ask', () => {
  it('is said with how to ask when nothing is left to do', async () => {
    const lines = await linesOf(me, linkedOnly, dataCenterOff);
    expect(lines).toEqual([expect.stringMatching(/^Your git account Ready.*mia-k at github\.com/), expect.stringMatching(/^Your Jira account Ready.*Mia Krystof on acme\.atlassian\.net/), expect.stringMatching(/^OpenHands key Ready.*key of this installation/)]);
    expect(screen.getByText(/Nothing is left for you to do/).closest('p')).toHaveTextContent('Mention @openhands in a comment');
  });

  it('names each thing that is missing with the place to mend it', async () => {
    const lines = await linesOf({ ...me, identities: [], agent: { apiKeySet: false, installationKeySet: false } }, notConfigured);
    expect(lines.map((line) => /To do/.test(line))).toEqual([true, true, true]);
    expect(screen.getByText(/3 things are left for you to do/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Sign in with a git account' })).toHaveAttribute('href', '/sign-in?returnTo=%2Fsettings%2Fintegrations');
    expect(screen.getByRole('link', { name: 'Open Jira Cloud' })).toHaveAttribute('href', '/settings/integrations/jira-cloud');
    expect(screen.getByRole('link', { name: 'Open your account' })).toHaveAttribute('href', '/account');
  });

  it('tells that a git sign-in has ended, unless another account at that host works', async () => {
    const ended: Me['identities'][number] = { provider: 'gitlab', host: 'gitlab.com', login: 'mia-l', state: 'expired' };
    const [git] = await linesOf({ ...me, identities: [...me.identities, ended] }, linkedOnly);
    expect(git).toMatch(/To do.*mia-k at github\.com.*The sign-in of mia-l at gitlab\.com has ended.*Sign in with a git account/);
    expect(readinessOf({ ...me, identities: [...me.identities, { ...ended, host: 'github.com' }] }, [])[0]).toMatchObject({ result: 'ready' });
  });

  it('speaks of the e-mail address where it decides, and says when only Jira can tell', async () => {
    const [, account, email, key] = await linesOf({ ...me, agent: { apiKeySet: true, installationKeySet: false } }, byEmail);
    expect(account).toMatch(/Cannot tell.*your e-mail address links you/);
    expect(email).toMatch(/Cannot tell.*mia@example\.com in Jira Data Center, too, and visible/);
    expect(key).toMatch(/Ready.*Your own key/);
  });

  it.each([
    ['has no confirmed address', { ...me, email: null }, byEmail, /To do.*no confirmed address/],
    ['was found by the address', me, { ...dataCenterOwned, linkMethod: 'email', link: { ...dataCenterOwned.link!, method: 'email' } }, /Ready.*mia@example\.com was found/],
  ] as [string, Me, Integration, RegExp][])('knows who %s', async (_, person, integration, wanted) => {
    const [, , email] = await linesOf(person, integration);
    expect(email).toMatch(wanted);
  });

  it('is not spoken of while no Jira is in use', async () => {
    new FakeServer().answer('GET /api/v1/me', { body: { ...me, isAdmin: true } }).answer('GET /api/v1/integrations', { body: { items: [dataCenterOff] } });
    openPage('/settings/integrations');
    expect(await screen.findByRole('heading', { name: 'Jira Data Center' })).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'Ready to ask?' })).not.toBeInTheDocument();
  });
});
