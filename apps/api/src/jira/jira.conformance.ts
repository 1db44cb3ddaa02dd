/**
 * What every Jira adapter must do, run against the stand-in of its product. Only what both products promise is here; what
 * one of them does in its own way is in the specs of its room.
 */
import { bulletList, type CommentAudience, doc, type JiraClient, JiraProblem, line, type NewComment, paragraph, type RemoteLink } from '@openhands-jira/domain';

/** A site with one issue, seen from outside: what people and Jira itself do there. */
export interface JiraSiteUnderTest {
  client(): JiraClient;
  issue: { id: string; key: string; browseUrl: string; summary: string; labels: string[] };
  /** An issue that the service account cannot see. */
  hiddenIssueId: string;
  /** A person writes a comment; gives its id. */
  writeComment(text: string, audience?: CommentAudience): Promise<string>;
  deleteComment(commentId: string): Promise<void>;
  /** A person sets the labels; gives the id of the change. */
  setLabels(labels: string[]): Promise<string>;
  /** The id by which Jira names the person who writes and labels. */
  personId: string;
  serviceAccountId: string;
  /** A role that the service account has. */
  role: string;
  remoteLinks(): { globalId: string; url: string; title: string; resolved: boolean }[];
  /** Numbers of answers `status` that the next calls get, with these headers. */
  answerNext(status: number, headers?: Record<string, string>): void;
  answerWebPageNext(): void;
  breakConnectionNext(): void;
}

const PUBLIC: CommentAudience = { visibility: null, internal: false };

/** A comment of ours that says `text`. */
export function comment(text: string, changes: Partial<NewComment> = {}): NewComment {
  return { body: doc(paragraph(text), bulletList(line('one'), line('two'))), audience: PUBLIC, mark: { v: 1, key: `key:${text}`, jobId: null, kind: 'status.working' }, ...changes };
}

/** Defines the tests for one adapter. */
export function describeJiraClient(product: string, start: () => Promise<{ site: JiraSiteUnderTest; stop: () => Promise<void> }>): void {
  describe(`The client of ${product}`, () => {
    let site: JiraSiteUnderTest;
    let stop: () => Promise<void>;
    beforeEach(async () => void ({ site, stop } = await start()));
    afterEach(() => stop());

    it('reads an issue by its id and by its key, with an address for people', async () => {
      const { id, key, browseUrl: url, summary, labels } = site.issue;
      for (const name of [id, key]) expect(await site.client().getIssue(name)).toMatchObject({ id, key, url, summary, labels, serviceProject: false });
    });

    it('tells which fields of an issue have a value, by their id or by their name', async () => {
      const { id } = site.issue;
      expect(await site.client().filledFields(id, ['PRIORITY', 'summary', 'resolution', 'Custom field 10101', 'customfield_10021', 'fixVersions', 'Nothing'])).toEqual(['PRIORITY', 'summary']);
      expect(await site.client().filledFields(site.hiddenIssueId, ['summary'])).toEqual([]);
    });

    it('gives null for what the service account cannot see', async () => {
      expect(await site.client().getIssue(site.hiddenIssueId)).toBeNull();
      expect(await site.client().getIssue('99999999')).toBeNull();
      expect(await site.client().getComment(site.issue.id, '99999999')).toBeNull();
      expect(await site.client().getChange(site.issue.id, '99999999')).toBeNull();
    });

    it.each(['..', '../../serverInfo', 'a/b', 'SHOP-12?expand=x', ''])('never lets the id "%s" lead to another resource', async (id) => {
      expect(await site.client().getIssue(id)).toBeNull();
      expect(await site.client().getComment(site.issue.id, id)).toBeNull();
      expect(await site.client().getChange(id, '1')).toBeNull();
      expect(await site.client().editComment(site.issue.id, id, comment('no'), true)).toBe(false);
    });

    it('reads a comment back with its author and its text as wiki markup', async () => {
      const id = await site.writeComment('*bold* [~somebody] @openhands');
      expect(await site.client().getComment(site.issue.id, id)).toMatchObject({ id, body: '*bold* [~somebody] @openhands', author: { id: site.personId }, audience: PUBLIC, mark: null });
    });

    it('reads the restriction of a comment', async () => {
      const id = await site.writeComment('hush', { visibility: { type: 'role', value: site.role }, internal: false });
      expect((await site.client().getComment(site.issue.id, id))?.audience.visibility).toMatchObject({ type: 'role', value: site.role });
    });

    it('gives null for a comment that was deleted', async () => {
      const id = await site.writeComment('gone');
      await site.deleteComment(id);
      expect(await site.client().getComment(site.issue.id, id)).toBeNull();
    });

    it('reads who changed the labels', async () => {
      const id = await site.setLabels(['openhands', 'ui']);
      const change = await site.client().getChange(site.issue.id, id);
      expect(change).toMatchObject({ id, author: { id: site.personId } });
      expect(change?.items).toContainEqual(expect.objectContaining({ field: 'labels', toText: 'openhands ui' }));
    });

    it('finds its own comment again by the mark that the post carried', async () => {
      const id = await site.client().addComment(site.issue.id, comment('marked'));
      const { mark } = comment('marked');
      expect(await site.client().getComment(site.issue.id, id)).toMatchObject({ id, mark, author: { id: site.serviceAccountId } });
    });

    it('lists comments, newest first', async () => {
      const first = await site.writeComment('first');
      const own = await site.client().addComment(site.issue.id, comment('own'));
      const last = await site.writeComment('last');
      const listed = await site.client().listComments(site.issue.id, 3);
      expect(listed.map((one) => [one.id, one.mark?.key ?? null])).toEqual([[last, null], [own, 'key:own'], [first, null]]);
      expect(await site.client().listComments(site.issue.id, 1)).toHaveLength(1);
    });

    it('edits its comment, keeps the mark, and says when the comment is gone', async () => {
      const id = await site.client().addComment(site.issue.id, comment('before'));
      expect(await site.client().editComment(site.issue.id, id, comment('after'), true)).toBe(true);
      expect(await site.client().getComment(site.issue.id, id)).toMatchObject({ body: expect.stringContaining('after'), mark: { key: 'key:before' } });
      await site.deleteComment(id);
      expect(await site.client().editComment(site.issue.id, id, comment('again'), true)).toBe(false);
    });

    it('deletes its comment, and says when it was gone', async () => {
      const id = await site.client().addComment(site.issue.id, comment('short-lived'));
      expect(await site.client().deleteComment(site.issue.id, id)).toBe(true);
      expect(await site.client().getComment(site.issue.id, id)).toBeNull();
      expect(await site.client().deleteComment(site.issue.id, id)).toBe(false);
      expect(await site.client().deleteComment(site.issue.id, '../..')).toBe(false);
    });

    it('writes for the same audience, also when it edits', async () => {
      const audience: CommentAudience = { visibility: { type: 'role', value: site.role }, internal: false };
      const id = await site.client().addComment(site.issue.id, comment('hush', { audience }));
      await site.client().editComment(site.issue.id, id, comment('still hush', { audience }), true);
      expect((await site.client().getComment(site.issue.id, id))?.audience.visibility).toMatchObject({ type: 'role', value: site.role });
    });

    it('does not write to an audience that it is not part of', async () => {
      const audience: CommentAudience = { visibility: { type: 'role', value: 'Board of directors' }, internal: false };
      await expect(site.client().addComment(site.issue.id, comment('hush', { audience }))).rejects.toMatchObject({ code: 'jira_unexpected_answer', status: 400 });
    });

    it('creates a remote link once and updates it afterwards', async () => {
      const link: RemoteLink = { globalId: 'https://openhands.example.com/jobs/1', title: 'OpenHands', url: 'https://openhands.example.com/jobs/1', resolved: false };
      await site.client().putRemoteLink(site.issue.id, link);
      await site.client().putRemoteLink(site.issue.id, { ...link, resolved: true });
      expect(site.remoteLinks()).toEqual([{ globalId: link.globalId, url: link.url, title: link.title, resolved: true }]);
    });

    it('says that an issue is gone when it writes to it', async () => {
      await expect(site.client().addComment(site.hiddenIssueId, comment('x'))).rejects.toMatchObject({ status: 404 });
      await expect(site.client().addComment('..', comment('x'))).rejects.toMatchObject({ status: 404 });
    });

    it.each([
      [401, 'service_account_rejected'], [403, 'service_account_forbidden'], [429, 'jira_rate_limited'], [500, 'jira_unreachable'], [503, 'jira_unreachable'], [418, 'jira_unexpected_answer'],
    ] as const)('turns an answer %i into %s', async (status, code) => {
      site.answerNext(status);
      const problem: unknown = await site.client().getIssue(site.issue.id).catch((error: unknown) => error);
      expect(problem).toBeInstanceOf(JiraProblem);
      expect(problem).toMatchObject({ code, status });
    });

    it.each([['7', 7000], ['0', 1000]])('waits as long as Retry-After: %s asks for, and never less than a second', async (seconds, ms) => {
      site.answerNext(429, { 'retry-after': seconds });
      await expect(site.client().addComment(site.issue.id, comment('later'))).rejects.toMatchObject({ code: 'jira_rate_limited', retryAfterMs: ms });
    });

    it('does not take a web page for an answer', async () => {
      site.answerWebPageNext();
      await expect(site.client().getIssue(site.issue.id)).rejects.toMatchObject({ code: expect.stringMatching(/^(jira_unexpected_answer|service_account_rejected)$/) });
    });

    it('follows no redirect', async () => {
      site.answerNext(302, { location: 'https://elsewhere.example.com/' });
      await expect(site.client().getIssue(site.issue.id)).rejects.toMatchObject({ code: expect.stringMatching(/^(jira_site_renamed|service_account_rejected)$/), status: 302 });
    });

    it('says that Jira is unreachable when the connection breaks', async () => {
      site.breakConnectionNext();
      await expect(site.client().getIssue(site.issue.id)).rejects.toMatchObject({ code: 'jira_unreachable', status: null });
    });
  });
}
