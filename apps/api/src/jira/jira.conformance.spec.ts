import type { Visibility } from '../../../../tools/sandbox/jira-model.ts';
import type { JiraStore } from '../../../../tools/sandbox/jira-store.ts';
import { wiki } from '../../../../tools/sandbox/jira-store.ts';
import type { StandIn } from '../../../../tools/sandbox/stand-in.ts';
import { ACCOUNTS, DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import type { SandboxOptions } from '../../../../tools/sandbox/sandbox.ts';
import type { JiraClient } from '@openhands-jira/domain';
import { startCloudSite } from '../testing/cloud-site.js';
import { startDataCenterSite } from '../testing/data-center-site.js';
import { describeJiraClient, type JiraSiteUnderTest } from './jira.conformance.js';

describeJiraClient('Jira Cloud', async () => {
  const { sandbox, client, serviceAccountId, close } = await startCloudSite();
  const played = { store: sandbox.jira.store, standIn: sandbox.atlassian.standIn, people: ACCOUNTS, serviceAccountId, siteUrl: 'https://acme.atlassian.net' };
  // After a 401 the other scheme is tried: both calls must meet it.
  return { site: siteUnderTest(played, () => client(), 2), stop: close };
});

describe.each<[string, SandboxOptions['jiraDataCenter']]>([
  ['10.3', {}],
  ['10.3 below a context path', { contextPath: '/jira' }],
  ['9.12', { version: '9.12.30' }],
  ['9.12 below a context path', { version: '9.12.30', contextPath: '/jira' }],
  ['10.3 with a certificate of a private authority', { certificate: 'valid', contextPath: '/jira' }],
])('Version %s', (version, options) => {
  describeJiraClient(`Jira Data Center ${version}`, async () => {
    const { sandbox, client, serviceAccountId, close } = await startDataCenterSite(options);
    const { store, standIn } = sandbox.jiraDataCenter;
    const played = { store, standIn, people: DATA_CENTER_KEYS, serviceAccountId, siteUrl: sandbox.urls.jiraDataCenter };
    return { site: siteUnderTest(played, () => client(), 1), stop: close };
  });
});

interface PlayedSite {
  store: JiraStore;
  standIn: StandIn;
  people: { ada: string; ben: string };
  serviceAccountId: string;
  siteUrl: string;
}

/** @param callsPerRefusal how many calls one refused token costs */
function siteUnderTest({ store, standIn, people, serviceAccountId, siteUrl }: PlayedSite, client: () => JiraClient, callsPerRefusal: number): JiraSiteUnderTest {
  const issue = store.issue('SHOP-12');
  const hidden = store.issue('SHOP-13');
  hidden.hiddenFrom.add(serviceAccountId);
  const { faults } = standIn;
  return {
    client,
    issue: { id: issue.id, key: issue.key, browseUrl: `${siteUrl}/browse/SHOP-12`, summary: issue.summary, labels: [...issue.labels] },
    hiddenIssueId: hidden.id,
    personId: people.ben,
    serviceAccountId,
    role: 'Developers',
    writeComment: (text, audience) => Promise.resolve(store.addComment(issue, { authorId: people.ben, body: wiki(text), visibility: (audience?.visibility ?? null) as Visibility | null, internal: audience?.internal ?? false }).id),
    deleteComment: (id) => Promise.resolve(store.deleteComment(issue, store.comment(issue, id), people.ada)),
    setLabels: (labels) => Promise.resolve(store.setLabels(issue, labels, people.ben).id),
    remoteLinks: () => issue.remoteLinks.map((link) => {
      const object = link.object as { url: string; title: string; status: { resolved: boolean } };
      return { globalId: link.globalId ?? '', url: object.url, title: object.title, resolved: object.status.resolved };
    }),
    answerNext: (status, headers) => faults.add({ effect: { kind: 'status', status, ...(headers && { headers }) }, times: status === 401 ? callsPerRefusal : 1 }),
    answerWebPageNext: () => faults.add({ effect: { kind: 'html' } }),
    breakConnectionNext: () => faults.add({ effect: { kind: 'reset' } }),
  };
}
