import type { LinkEntity } from '../connections/link.entity.js';
import { Jiras } from '../jira/jiras.service.js';
import type { UserCaller } from '../security/access.js';
import { Retries } from './retries.service.js';

/** What is refused before anything is read from Jira; the stories over HTTP tell the rest. */
describe('Running a job again', () => {
  const connection = { id: 'c', product: 'jira-cloud', site: 'jira.example.com/jira', status: 'active' };

  function retry(setup: { state: string; sharedSite: { site: string } | null }, link: LinkEntity | null): Promise<unknown> {
    const [needed, log, connections] = [undefined as never, { find: () => Promise.resolve({ state: 'failed', connectionId: 'c' }) }, { byId: () => Promise.resolve(connection) }];
    const jiras = new Jiras(needed, { id: 'jira-cloud', setup: () => Promise.resolve(setup) } as never, { id: 'jira-data-center' } as never, needed, needed);
    const retries = new Retries(needed, needed, log as never, needed, connections as never, { ownLink: () => Promise.resolve(link) } as never, jiras, needed, { mayStart: () => Promise.resolve(false) } as never);
    return retries.retry({ userId: 'u' } as UserCaller, 'j').catch((error: unknown) => error);
  }

  it.each([
    ['have switched this Jira off', { state: 'off', sharedSite: { site: connection.site } }],
    ['have named another Jira', { state: 'ready', sharedSite: { site: 'jira.example.com/jira-test' } }],
  ])('is refused while administrators %s', async (_, setup) => {
    expect(await retry(setup, {} as LinkEntity)).toMatchObject({ code: 'not_retryable', detail: expect.stringContaining('Administrators') });
  });

  it('is refused to somebody whose link would not count for a request in Jira', async () => {
    expect(await retry({ state: 'ready', sharedSite: null }, null)).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('renew its link') });
  });

  it('goes on to the rules of the connection for everybody else', async () => {
    expect(await retry({ state: 'incomplete', sharedSite: { site: connection.site } }, {} as LinkEntity)).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('rules of this connection') });
  });
});
