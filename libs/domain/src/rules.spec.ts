import type { ConnectionRules, Gate } from '@openhands-jira/contracts';
import { DEFAULT_RULES } from '@openhands-jira/contracts';
import { readDefaultRepository } from './default-repository.js';
import type { KnownHosts } from './git-address.js';
import type { JiraActor } from './issue-event.js';
import { defaultRepositoryOf, gateOf, isAllowedApp, isEntitled, missingForGate, servesProject } from './rules.js';

const gate: Gate = { labels: ['ready'], statuses: ['To Do', 'Selected'], fields: ['customfield_10010', 'Team'] };
const rules: ConnectionRules = {
  ...DEFAULT_RULES,
  projects: [{ key: 'SHOP', defaultRepository: 'github.com/acme/shop', gate }, { key: 'PLAY', defaultRepository: null, gate: null }],
  defaultRepository: 'github.com/acme/all',
};

describe('the rules of a connection', () => {
  it.each([
    ['SHOP', 'not_served', true],
    ['shop', 'not_served', true],
    ['OTHER', 'not_served', false],
    ['OTHER', 'served', true],
    [null, 'not_served', true],
  ] as const)('serve the project %s when others are %s: %s', (key, otherProjects, served) => {
    expect(servesProject({ ...rules, otherProjects }, key)).toBe(served);
  });

  it.each([
    ['SHOP', 'github.com/acme/shop'],
    ['PLAY', 'github.com/acme/all'],
    ['OTHER', 'github.com/acme/all'],
  ])('know the default repository of %s', (key, repository) => {
    expect(defaultRepositoryOf(rules, key)).toBe(repository);
  });

  it('ask for something only in projects that have a gate', () => {
    expect([gateOf(rules, 'SHOP'), gateOf(rules, 'PLAY'), gateOf(rules, 'OTHER')]).toEqual([gate, null, null]);
  });

  it.each<[string | null, string[], boolean]>([
    ['ada@example.com', ['ada@example.com'], true],
    ['Ada@Example.com ', ['ada@example.com'], true],
    ['ada@example.com', ['@example.com'], true],
    ['ada@sub.example.com', ['@example.com'], false],
    ['ada@notexample.com', ['@example.com'], false],
    ['ada@example.com.evil.org', ['@example.com'], false],
    ['ben@example.com', ['ada@example.com'], false],
    ['ada@example.com', [], false],
    [null, ['@example.com'], false],
  ])('let %s start work when %j are listed: %s', (email, emails, may) => {
    expect(isEntitled({ who: 'listed', emails }, email)).toBe(may);
    expect(isEntitled({ who: 'everybody_linked', emails }, email)).toBe(true);
  });

  it.each<[JiraActor['kind'], string[], boolean]>([
    ['app', ['Release robot'], true],
    ['app', ['557058:robot'], true],
    ['app', ['release robot'], false],
    ['app', [], false],
    ['app', [''], false],
    ['person', ['Release robot', '557058:robot'], false],
    ['unknown', ['Release robot'], false],
  ])('let an account of the kind %s ask when %j are allowed: %s', (kind, allowed, may) => {
    expect(isAllowedApp(allowed, { kind, id: '557058:robot', displayName: 'Release robot' })).toBe(may);
  });

  it.each<[string, string[], string, string[], string[]]>([
    ['everything is there', ['READY', 'x'], 'selected', ['team', 'CUSTOMFIELD_10010'], []],
    ['the label is missing', ['x'], 'To Do', gate.fields, ['label "ready"']],
    ['it is in another status', ['ready'], 'Done', gate.fields, ['status "To Do" or "Selected"']],
    ['a field is empty', ['ready'], 'To Do', ['customfield_10010'], ['field "Team"']],
    ['nothing is there', [], '', [], ['label "ready"', 'status "To Do" or "Selected"', 'field "customfield_10010"', 'field "Team"']],
  ])('say of an issue what is missing: %s', (_name, labels, status, filled, missing) => {
    expect(missingForGate(gate, { labels, status }, filled)).toEqual(missing);
  });
});

describe('a default repository', () => {
  const one: KnownHosts = { 'github.com': 'github' };
  const many: KnownHosts = { 'github.com': 'github', 'gitlab.com': 'gitlab', 'bitbucket.example.com': 'bitbucket-data-center', git: 'gitlab' };

  it.each<[string, KnownHosts, string]>([
    ['acme/shop', one, 'github.com/acme/shop'],
    ['acme/shop@next', one, 'github.com/acme/shop@next'],
    ['https://github.com/acme/shop.git', many, 'github.com/acme/shop'],
    ['https://me:secret@github.com/acme/shop', many, 'github.com/acme/shop'],
    ['git@gitlab.com:acme/a/b.git', many, 'gitlab.com/acme/a/b'],
    ['https://bitbucket.example.com/projects/PRJ/repos/core/browse', many, 'bitbucket.example.com/PRJ/core'],
    ['git/acme/a/b', many, 'git/acme/a/b'],
  ])('%j is kept as %s with its host', (text, hosts, kept) => {
    expect(readDefaultRepository(text, hosts)).toEqual({ kind: 'repository', name: kept });
    expect(readDefaultRepository(kept, hosts)).toEqual({ kind: 'repository', name: kept });
  });

  it.each<[string, KnownHosts, unknown]>([
    ['acme/shop', many, { kind: 'host_needed', hosts: ['github.com', 'gitlab.com', 'bitbucket.example.com', 'git'] }],
    ['acme/a/b', one, { kind: 'unreadable' }],
    ['shop', one, { kind: 'unreadable' }],
    ['n/a', one, { kind: 'unreadable' }],
    ['acme/shop, acme/api', one, { kind: 'unreadable' }],
    ['acme/shop@../x', one, { kind: 'unreadable' }],
    ['https://github.com/settings/tokens', one, { kind: 'unreadable' }],
    ['https://git.example.org/acme/shop', one, { kind: 'unknown_host', host: 'git.example.org' }],
  ])('%j is not kept', (text, hosts, expected) => {
    expect(readDefaultRepository(text, hosts)).toEqual(expected);
  });
});
