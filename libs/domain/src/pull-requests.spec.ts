import { pullRequestUrls, type PullRequestHost } from './pull-requests.js';

const hosts: PullRequestHost[] = [
  { id: 'github', host: 'github.com' },
  { id: 'gitlab', host: 'gitlab.acme.example' },
  { id: 'bitbucket', host: 'bitbucket.org' },
  { id: 'bitbucket-data-center', host: 'git.acme.example' },
];

describe('pull requests in the final text', () => {
  it.each<[string, string, string[]]>([
    ['at GitHub', 'PR: https://github.com/Acme/web-app/pull/7.', ['https://github.com/Acme/web-app/pull/7']],
    [
      'in a Markdown link',
      '[PR](https://github.com/Acme/web-app/pull/7/files?w=1#x)',
      ['https://github.com/Acme/web-app/pull/7'],
    ],
    ['in bold', '**https://github.com/Acme/web-app/pull/7**', ['https://github.com/Acme/web-app/pull/7']],
    [
      'named twice',
      'https://github.com/a/b/pull/1 and https://www.github.com/a/c/pull/2 https://github.com/a/b/pull/1',
      ['https://github.com/a/b/pull/1', 'https://www.github.com/a/c/pull/2'],
    ],
    [
      'at GitLab with groups',
      'https://gitlab.acme.example/g/sub/app/-/merge_requests/12',
      ['https://gitlab.acme.example/g/sub/app/-/merge_requests/12'],
    ],
    [
      'at Bitbucket',
      'https://bitbucket.org/acme/app/pull-requests/3/diff',
      ['https://bitbucket.org/acme/app/pull-requests/3'],
    ],
    [
      'at Bitbucket Data Center below a context path',
      'https://git.acme.example:8443/bitbucket/projects/KEY/repos/app/pull-requests/3/overview',
      ['https://git.acme.example:8443/bitbucket/projects/KEY/repos/app/pull-requests/3'],
    ],
    ['with user and password', 'https://me:secret@github.com/Acme/api/pull/7', ['https://github.com/Acme/api/pull/7']],
  ])('are found %s', (_, text, urls) => {
    expect(pullRequestUrls(text, hosts)).toEqual(urls);
  });

  it.each([
    ['at another host', 'https://evil.example/Acme/web-app/pull/7'],
    ['at a host that only ends alike', 'https://notgithub.com/Acme/web-app/pull/7'],
    ['with a host as user name', 'https://github.com@evil.example/Acme/web-app/pull/7'],
    ['without a number', 'https://github.com/Acme/web-app/pulls'],
    ['that are issues', 'https://github.com/Acme/web-app/issues/7'],
    ['in the form of another provider', 'https://github.com/Acme/web-app/-/merge_requests/7'],
    ['without a scheme we use', 'ftp://github.com/Acme/web-app/pull/7'],
  ])('are not found %s', (_, text) => {
    expect(pullRequestUrls(text, hosts)).toEqual([]);
  });

  it('are searched quickly in a long text', () => {
    const started = performance.now();
    pullRequestUrls('https://github.com/a/'.repeat(3_000) + 'http://'.repeat(5_000), hosts);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
