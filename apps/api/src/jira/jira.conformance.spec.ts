import { ACCOUNTS } from '../../../../tools/sandbox/seed.ts';
import { wiki } from '../../../../tools/sandbox/jira-store.ts';
import { type CloudSiteBench, startCloudSite } from '../testing/cloud-site.js';
import { describeJiraClient, type JiraSiteUnderTest } from './jira.conformance.js';

describeJiraClient('Jira Cloud', async () => {
  const bench = await startCloudSite();
  return { site: cloudSite(bench), stop: () => bench.close() };
});

function cloudSite({ sandbox, client, serviceAccountId }: CloudSiteBench): JiraSiteUnderTest {
  const { store } = sandbox.jira;
  const issue = store.issue('SHOP-12');
  const hidden = store.issue('SHOP-13');
  hidden.hiddenFrom.add(serviceAccountId);
  const { faults } = sandbox.atlassian.standIn;
  return {
    client: () => client(),
    issue: { id: issue.id, key: issue.key, browseUrl: 'https://acme.atlassian.net/browse/SHOP-12', summary: issue.summary, labels: [...issue.labels] },
    hiddenIssueId: hidden.id,
    personId: ACCOUNTS.ben,
    serviceAccountId,
    role: 'Developers',
    writeComment: (text, audience) => Promise.resolve(store.addComment(issue, { authorId: ACCOUNTS.ben, body: wiki(text), visibility: audience?.visibility ?? null, internal: audience?.internal ?? false }).id),
    deleteComment: (id) => Promise.resolve(store.deleteComment(issue, store.comment(issue, id), ACCOUNTS.ada)),
    setLabels: (labels) => Promise.resolve(store.setLabels(issue, labels, ACCOUNTS.ben).id),
    remoteLinks: () => issue.remoteLinks.map((link) => {
      const object = link.object as { url: string; title: string; status: { resolved: boolean } };
      return { globalId: link.globalId ?? '', url: object.url, title: object.title, resolved: object.status.resolved };
    }),
    // After a 401 the other scheme is tried: both calls must meet it.
    answerNext: (status, headers) => faults.add({ effect: { kind: 'status', status, ...(headers && { headers }) }, times: status === 401 ? 2 : 1 }),
    answerWebPageNext: () => faults.add({ effect: { kind: 'html' } }),
    breakConnectionNext: () => faults.add({ effect: { kind: 'reset' } }),
  };
}
