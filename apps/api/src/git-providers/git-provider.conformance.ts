/**
 * What every git provider must do, whoever it is. Each adapter runs these sentences against a stand-in of its provider.
 */
import type { GitHost } from '@openhands-jira/tools/sandbox/git-providers/git-host.ts';
import { type GitProvider, GitProviderUnreachable, type WriteAccess } from './git-provider.js';

/** One adapter and the stand-in that it talks to, listening. The stand-in has no users and repositories yet. */
export interface ProviderBench {
  provider: GitProvider;
  host: GitHost;
  close(): Promise<void>;
}

/** Runs the suite. `repository` is a path in the form of this provider. */
export function describeGitProvider(name: string, repository: string, setup: () => Promise<ProviderBench>): void {
  describe(`git provider ${name}`, () => {
    let bench: ProviderBench;
    const [owner = ''] = repository.split('/');

    beforeAll(async () => {
      bench = await setup();
      for (const login of ['writer', 'admin', 'reader', 'stranger']) bench.host.addUser({ login, name: `The ${login}` });
      bench.host.addUser({ login: 'unsure', name: '', emails: [{ email: 'unsure@example.com', primary: true, verified: false }] });
      bench.host.addRepository(repository, { rights: { writer: 'write', admin: 'admin', reader: 'read' }, branches: ['main', 'feature/x-1', 'feature/x-10'] });
      bench.host.addRepository(`${repository}-api`, { rights: { reader: 'write' } });
      bench.host.addRepository(`${owner}/open`, { isPrivate: false });
      bench.host.addRepository(`${owner}/before`, { rights: { writer: 'write' } });
    });
    afterAll(() => bench.close());
    afterEach(() => bench.host.standIn.faults.clear());

    const tokenOf = (login: string): string => bench.host.oauth.grant({ subject: login, scope: bench.provider.oauth.scope ?? 'account email repository' }).accessToken;
    const ask = (login: string, path: string, branch: string | null = null): Promise<WriteAccess> => bench.provider.findWritable({ accessToken: tokenOf(login), path, branch });

    it.each(['writer', 'admin'])('says yes to the %s', async (login) => {
      expect(await ask(login, repository)).toMatchObject({ kind: 'writable', fullName: expect.stringMatching(new RegExp(`^${repository}$`, 'i')), branch: 'default' });
    });

    it('gives one spelling, whatever the letter case of the question', async () => {
      const usual = await ask('writer', repository);
      expect(usual.kind).toBe('writable');
      expect(await ask('writer', repository.toLowerCase())).toEqual(usual);
      expect(await ask('writer', repository.toUpperCase())).toEqual(usual);
    });

    it('gives an address for people on the configured host', async () => {
      const answer = await ask('writer', repository);
      expect(answer).toMatchObject({ url: expect.stringMatching(/^http:\/\/localhost:\d+\/.*shop$/i) });
    });

    it.each<[string, string, () => string]>([
      ['somebody who may only read', 'reader', () => repository],
      ['a stranger', 'stranger', () => repository],
      ['a public repository that everybody can read', 'stranger', () => `${owner}/open`],
      ['a repository that does not exist', 'writer', () => `${owner}/missing`],
      ['the beginning of a name', 'writer', () => repository.slice(0, -1)],
      ['a longer name', 'writer', () => `${repository}-api`],
      ['one part only', 'writer', () => owner],
      ['a path that climbs', 'writer', () => `${owner}/..`],
      ['a path with a query', 'writer', () => `${repository}?x=1`],
    ])('says no to %s', async (_, login, path) => {
      expect(await ask(login, path())).toEqual({ kind: 'not_writable' });
    });

    it.each([
      ['main', 'exists'],
      ['feature/x-1', 'exists'],
      ['feature/x', 'missing'],
      ['nowhere', 'missing'],
    ])('says whether the branch %s exists: %s', async (branch, expected) => {
      expect(await ask('writer', repository, branch)).toMatchObject({ kind: 'writable', branch: expected });
    });

    it('finds a repository under its former name and gives the new one', async () => {
      bench.host.rename(`${owner}/before`, `${owner}/after`);
      expect(await ask('writer', `${owner}/before`)).toMatchObject({ kind: 'writable', fullName: expect.stringMatching(/\/after$/) });
    });

    it('says that the sign-in is over when the token is not accepted', async () => {
      expect(await bench.provider.findWritable({ accessToken: 'revoked', path: repository, branch: null })).toEqual({ kind: 'signin_expired' });
    });

    it('tries once more after a failure that passes', async () => {
      bench.host.standIn.faults.add({ effect: { kind: 'status', status: 502 }, times: 1 });
      expect(await ask('writer', repository)).toMatchObject({ kind: 'writable' });
      bench.host.standIn.faults.add({ effect: { kind: 'reset' }, times: 1 });
      expect(await ask('writer', repository)).toMatchObject({ kind: 'writable' });
    });

    it.each<[string, Parameters<GitHost['standIn']['faults']['add']>[0]['effect']]>([
      ['an outage', { kind: 'status', status: 503 }],
      ['a broken connection', { kind: 'reset' }],
      ['a rate limit', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }],
      ['a rate limit that is told as 403', { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0' } }],
      ['a redirect to another host', { kind: 'status', status: 302, headers: { location: 'https://login.example.com/' } }],
      ["a proxy's page", { kind: 'html' }],
    ])('never takes %s for an answer', async (_, effect) => {
      bench.host.standIn.faults.add({ effect, times: Infinity });
      await expect(ask('writer', repository)).rejects.toThrow(GitProviderUnreachable);
      await expect(bench.provider.profile('some-token')).rejects.toThrow(GitProviderUnreachable);
    });

    it('never takes an outage in the middle of the question for an answer', async () => {
      const steps = await callsOf(() => ask('writer', repository, 'main'));
      for (let step = 1; step < steps; step++) {
        const { standIn } = bench.host;
        standIn.faults.add({ effect: { kind: 'status', status: 503 }, times: Infinity });
        // The first calls of the question still pass: they are let through ahead of the fault.
        const through = letThrough(bench.host, step);
        await expect(ask('writer', repository, 'main')).rejects.toThrow(GitProviderUnreachable);
        through();
      }
      expect(steps).toBeGreaterThan(1);
    });

    it('tells who a token belongs to', async () => {
      const profile = await bench.provider.profile(tokenOf('writer'));
      expect(profile).toMatchObject({ login: 'writer', name: 'The writer', email: 'writer@example.com' });
      expect(profile?.subject).toMatch(/\d/);
      expect(await bench.provider.profile(tokenOf('writer'))).toEqual(profile);
      expect((await bench.provider.profile(tokenOf('admin')))?.subject).not.toBe(profile?.subject);
    });

    it('uses the login when the account has no name, and never calls an unconfirmed address verified', async () => {
      expect(await bench.provider.profile(tokenOf('unsure'))).toMatchObject({ name: 'unsure', emailVerified: false });
    });

    it('knows nobody behind a token that is not accepted', async () => {
      expect(await bench.provider.profile('revoked')).toBeNull();
    });

    /** How many calls the question needs. */
    async function callsOf(work: () => Promise<unknown>): Promise<number> {
      const before = bench.host.standIn.calls.length;
      await work();
      return bench.host.standIn.calls.length - before;
    }
  });
}

/** Lets the first `count` calls pass whatever fault is set. The answer ends it. */
function letThrough(host: GitHost, count: number): () => void {
  const { faults } = host.standIn;
  const take = faults.take.bind(faults);
  let left = count;
  faults.take = (method, path) => (left-- > 0 ? null : take(method, path));
  return () => {
    faults.take = take;
    faults.clear();
  };
}
