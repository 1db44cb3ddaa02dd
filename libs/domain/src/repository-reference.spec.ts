import fc from 'fast-check';
import golden from './golden/golden-repositories.json' with { type: 'json' };
import type { KnownHosts } from './git-address.js';
import { findRepository, type IssueTexts, type RepositoryAccess, type RepositoryFinding, type RepositoryQuestion } from './repository-reference.js';
import { json, wikiText } from './testing/hostile-texts.js';

interface Input {
  format: 'wiki' | 'adf';
  hosts: KnownHosts;
  accounts: string[];
  accessible: string[];
  projectDefault: string | null;
  runWithoutRepository: boolean;
  comment?: unknown;
  description?: unknown;
  summary?: unknown;
  earlierComments?: { author: string; body: unknown }[];
}

const defaults = golden.defaults as unknown as Input;

/** The git hosts, as far as one person may write there. */
class Hosts implements RepositoryAccess {
  readonly asked: string[] = [];

  constructor(
    private readonly accessible: string[],
    private readonly branches: string[] | null = null,
  ) {}

  confirm(host: string, path: string, branch: string | null): ReturnType<RepositoryAccess['confirm']> {
    this.asked.push(`${host}/${path}`);
    const known = this.accessible.find((one) => one.toLowerCase() === `${host}/${path}`.toLowerCase());
    if (!known) return Promise.resolve({ kind: 'not_writable' });
    const exists = branch === null ? 'default' : (this.branches?.includes(branch) ?? true) ? 'exists' : 'missing';
    return Promise.resolve({ kind: 'writable', fullName: known.slice(host.length + 1), branch: exists });
  }
}

const AUTHORS = { serviceAccount: 'service_account', person: 'person', customer: 'customer' } as const;

function questionOf(input: Input, access: RepositoryAccess = new Hosts(input.accessible)): RepositoryQuestion {
  const { format, comment, description, summary, hosts, accounts, projectDefault, runWithoutRepository } = input;
  const earlierComments = input.earlierComments?.map(({ author, body }) => ({ author: AUTHORS[author as keyof typeof AUTHORS], body }));
  return { texts: { format, comment, description, summary, earlierComments }, hosts, accounts, projectDefault, runWithoutRepository, access };
}

/** In the words of the golden table. */
function summaryOf({ trace: _trace, ...result }: RepositoryFinding): unknown {
  if (result.status === 'found') return { ...result, repository: `${result.repository.host}/${result.repository.path}` };
  if (result.status === 'invalid') return { status: 'invalid', text: result.text };
  return result;
}

const find = (input: Partial<Input>, access?: RepositoryAccess) => findRepository(questionOf({ ...defaults, ...input }, access));

describe('golden table: repositories', () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))('%s', async (_name, { input, expected }) => {
    expect(summaryOf(await find(input as Partial<Input>))).toEqual(expected);
  });
});

describe('the repository of an issue', () => {
  it.each<[string, Partial<Input>, unknown]>([
    ['one name with and without its host is one repository', { description: 'Repository: acme/tools\nRepository: github.com/acme/tools@next' }, { status: 'found', repository: 'github.com/acme/tools', branch: 'next', source: 'line' }],
    ['a page that a link hides behind its text', { description: '[the code|https://github.com/Acme/api/pull/3|smart-link]' }, { status: 'found', repository: 'github.com/Acme/api', branch: null, source: 'url' }],
    ['a link to an unknown host counts as its text', { description: 'Repository: [Acme/api|https://wiki.example.com/x]' }, { status: 'found', repository: 'github.com/Acme/api', branch: null, source: 'line' }],
    ['a host with a path of three parts that nobody knows', { description: 'Repository: dev.azure.com/org/project' }, { status: 'unknown_host', host: 'dev.azure.com' }],
    ['an scp address of an unknown host', { description: 'Repository: git@code.example.net:a/b.git' }, { status: 'unknown_host', host: 'code.example.net' }],
    ['a host that only looks like a known one', { description: 'Repository: https://github.com@evil.example/Acme/web-app' }, { status: 'unknown_host', host: 'evil.example' }],
    ['a password in an unreadable address is not repeated', { description: 'Repository: https://me:secret@github.com/Acme' }, { status: 'invalid', text: 'https://github.com/Acme' }],
    ['a second line that cannot be read is told', { description: 'Repository: Acme/api\nRepository: the other one' }, { status: 'invalid', text: 'the other one' }],
    ['three references joined by words and signs', { description: 'Repositories: Acme/api and Acme/web-app; acme/TOOLS & more' }, { status: 'ambiguous', candidates: ['Acme/api', 'Acme/web-app', 'acme/TOOLS'] }],
    ['Chinese text around a name', { description: '请在Acme/api中修复' }, { status: 'found', repository: 'github.com/Acme/api', branch: null, source: 'name' }],
    ['a Bitbucket Data Center repository written by hand', { description: 'Repository: bitbucket.example.com/prj/core' }, { status: 'found', repository: 'bitbucket.example.com/PRJ/core', branch: null, source: 'line' }],
    ['a project default with its own branch', { description: 'Please fix', projectDefault: 'github.com/Acme/api@next' }, { status: 'found', repository: 'github.com/Acme/api', branch: 'next', source: 'project_default' }],
    ['a branch line beside a project default with a branch', { description: 'Branch: hotfix', projectDefault: 'github.com/Acme/api@next' }, { status: 'found', repository: 'github.com/Acme/api', branch: 'hotfix', source: 'project_default' }],
    ['a branch in a line of code', { description: 'Repository: Acme/api\n{code}\nBranch: release\n{code}' }, { status: 'found', repository: 'github.com/Acme/api', branch: 'release', source: 'line' }],
    ['a placeholder for the branch', { description: 'Repository: Acme/api\nBranch: n/a' }, { status: 'found', repository: 'github.com/Acme/api', branch: null, source: 'line' }],
    ['a branch line is no name of a repository', { description: 'Branch: Acme/api' }, { status: 'missing' }],
    ['an address without any git account', { description: 'https://github.com/Acme/api', accounts: [] }, { status: 'not_connected', host: 'github.com' }],
    ['a branch with a slash after an address', { description: 'Repository: https://github.com/Acme/api@feature/x' }, { status: 'found', repository: 'github.com/Acme/api', branch: 'feature/x', source: 'line' }],
    ['escaped slashes climb nowhere', { description: 'Repository: https://github.com/Acme/..%2f..%2fadmin' }, { status: 'invalid', text: 'https://github.com/Acme/..%2f..%2fadmin' }],
    ['two dots are no name', { description: 'Repository: Acme/..' }, { status: 'invalid', text: 'Acme/..' }],
    ['a value is cut when it is told', { description: `Repository: ${'x'.repeat(200)}` }, { status: 'invalid', text: 'x'.repeat(80) }],
  ])('%s', async (_name, input, expected) => {
    expect(summaryOf(await find(input))).toEqual(expected);
  });

  it('has to have the branch that was named', async () => {
    const access = new Hosts(defaults.accessible, ['main']);
    const finding = await find({ description: 'Repository: Acme/api@gone' }, access);
    expect(finding).toMatchObject({ status: 'invalid', text: 'gone', fault: 'branch_missing', repository: 'Acme/api' });
    expect(await find({ description: 'Repository: Acme/api\nBranch: ../x' }, access)).toMatchObject({ status: 'invalid', text: '../x', fault: 'branch_name' });
    expect(await find({ description: 'Repository: Acme/api@main' }, access)).toMatchObject({ status: 'found', branch: 'main' });
  });

  it('is not looked for any further when a host gives no answer', async () => {
    const outage = new Error('gitlab.com gave no usable answer');
    const access: RepositoryAccess = { confirm: (host) => (host === 'gitlab.com' ? Promise.reject(outage) : Promise.resolve({ kind: 'not_writable' })) };
    await expect(find({ description: 'Repository: Acme/api' }, access)).rejects.toBe(outage);
    await expect(find({ description: 'see Acme/api' }, access)).rejects.toBe(outage);
  });

  it('asks the person to sign in again where the sign-in has ended', async () => {
    const access: RepositoryAccess = { confirm: () => Promise.resolve({ kind: 'signin_expired' }) };
    expect(await find({ description: 'Repository: github.com/Acme/api' }, access)).toMatchObject({ status: 'signin_expired', host: 'github.com' });
    expect(await find({ description: 'https://github.com/Acme/api' }, access)).toMatchObject({ status: 'signin_expired', host: 'github.com' });
  });

  it('takes at most ten names of a text to the hosts, those that look like files last', async () => {
    const access = new Hosts(['github.com/Acme/api']);
    const files = Array.from({ length: 30 }, (_, index) => `src/file${index}.ts`);
    const finding = await find({ description: `${files.join(' ')} in Acme/api`, accounts: ['github.com'] }, access);
    expect(finding).toMatchObject({ status: 'found', repository: { host: 'github.com', path: 'Acme/api' } });
    expect(access.asked).toHaveLength(10);
  });

  it('keeps a trace of every candidate', async () => {
    const { trace } = await find({ description: 'https://github.com/facebook/react hits CI/CD', summary: 'Acme/api' });
    expect(trace.map(({ result, detail }) => `${result}: ${detail}`)).toEqual([
      'info: github.com/facebook/react, an address in the description: passed over, no right to write, or no such repository.',
      'info: CI/CD, a name in the description: passed over, no right to write, or no such repository.',
      'yes: github.com/Acme/api, from a name in the summary.',
    ]);
  });
});

describe('whatever the texts', () => {
  const texts: fc.Arbitrary<IssueTexts> = fc.oneof(
    fc.record({ format: fc.constant('wiki' as const), comment: wikiText, description: wikiText, summary: wikiText }),
    fc.record({ format: fc.constant('adf' as const), comment: json, description: json, summary: json }),
  );
  const anybody: RepositoryAccess = { confirm: (_host, path) => Promise.resolve({ kind: 'writable', fullName: path, branch: 'exists' }) };

  it('names only repositories that are fit for an address, on hosts where the person has an account', async () => {
    const asked: string[] = [];
    const access: RepositoryAccess = { confirm: (host, path, branch) => (asked.push(`${host} ${path}`), anybody.confirm(host, path, branch)) };
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        asked.length = 0;
        const finding = await findRepository({ texts: some, hosts: defaults.hosts, accounts: ['github.com', 'gitlab.com'], access });
        if (finding.status === 'found') expect(['github.com', 'gitlab.com']).toContain(finding.repository.host);
        for (const one of asked) expect(one).toMatch(/^(github|gitlab)\.com (?!.*(^|\/)\.{1,2}(\/|$))~?[\w.-]+(\/~?[\w.-]+)+$/);
      }),
    );
  });

  it('finds the repository of a line of its own, whatever the other texts are', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        const finding = await findRepository({ ...questionOf(defaults), texts: { ...some, format: 'wiki', comment: 'Repository: Acme/api@main' } });
        expect(finding).toMatchObject({ status: 'found', source: 'line', branch: 'main', repository: { path: 'Acme/api' } });
      }),
    );
  });
});
