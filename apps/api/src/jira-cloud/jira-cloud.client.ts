/**
 * What we do in a Cloud site: about a dozen endpoints, written down once.
 *
 * Texts are read by REST v2, where they are wiki markup like in deliveries, and written by REST v3, which takes ADF. Ids are
 * used on the configured address only; no address out of an answer is ever called.
 */
import {
  type DatedChange, FILLED_FIELDS_QUERY, findChange, ISSUE_FIELDS, type JiraActor, type JiraChange, type JiraClient, type JiraComment, type JiraIssue, JiraProblem, type NewComment, noSuchIssue, OWN_COMMENT_PROPERTY, pathPart, propertyOf,
  readChanges, readComment, readFilledFields, readIssue, readRecentIssue, RECENT_ISSUE_FIELDS, type RecentIssue, recentlyUpdatedJql, type RemoteLink, remoteLinkBody, type Shape, shapeOf, shapesOf, textOf, toAdf,
} from '@openhands-jira/domain';
import type { LearnedAccount } from '../connections/connections.service.js';
import type { CloudGateway } from './jira-cloud.gateway.js';
import { actorOf } from './jira-cloud.shapes.js';

/** Who we are on this site. */
export interface CloudIdentity {
  /** Address for people, without a slash at the end. */
  siteUrl: string;
  /** Our own account ids; empty when not known yet. */
  accountIds: string[];
}

const CHANGES_PER_PAGE = 100;
const ISSUES_PER_PAGE = 100;

export class JiraCloudClient implements JiraClient {
  constructor(
    private readonly gateway: CloudGateway,
    private readonly identity: CloudIdentity,
    private readonly learn: (learned: LearnedAccount) => void = () => undefined,
  ) {}

  async getIssue(idOrKey: string): Promise<JiraIssue | null> {
    const issue = pathPart(idOrKey);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?fields=${ISSUE_FIELDS}`));
    return read ? readIssue(read, this.identity.siteUrl, actorOf) : null;
  }

  async filledFields(issueId: string, wanted: readonly string[]): Promise<string[]> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?${FILLED_FIELDS_QUERY}`));
    return read ? readFilledFields(read, wanted) : [];
  }

  async getComment(issueId: string, commentId: string): Promise<JiraComment | null> {
    const path = commentPath('2', issueId, commentId);
    const read = path && (await this.find(`${path}?expand=properties`));
    return read ? this.commentOf(read) : null;
  }

  async listComments(issueId: string, limit: number): Promise<JiraComment[]> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}/comment?orderBy=-created&maxResults=${limit}&expand=properties`));
    const comments: JiraComment[] = [];
    for (const shape of shapesOf(read ? read['comments'] : []).slice(0, limit)) comments.push(await this.commentOf(shape));
    return comments;
  }

  /** Histories are oldest first and may be long; what was changed just now is on the last page. */
  async getChange(issueId: string, changeId: string): Promise<JiraChange | null> {
    const issue = pathPart(issueId);
    if (!issue) return null;
    const pageAt = (startAt: number): Promise<Shape | null> => this.find(`/rest/api/3/issue/${issue}/changelog?startAt=${startAt}&maxResults=${CHANGES_PER_PAGE}`);
    const first = await pageAt(0);
    const found = findChange(first?.['values'], changeId, actorOf);
    if (found || !first) return found;
    const size = Number(first['maxResults']) || CHANGES_PER_PAGE;
    const total = Number(first['total']) || 0;
    for (let startAt = Math.floor(Math.max(total - 1, 0) / size) * size; startAt > 0; startAt -= size) {
      const change = findChange((await pageAt(startAt))?.['values'], changeId, actorOf);
      if (change) return change;
    }
    return null;
  }

  /** The last page of the history; the first one tells how long it is. */
  async listChanges(issueId: string): Promise<DatedChange[]> {
    const issue = pathPart(issueId);
    if (!issue) return [];
    const pageAt = (startAt: number): Promise<Shape | null> => this.find(`/rest/api/3/issue/${issue}/changelog?startAt=${startAt}&maxResults=${CHANGES_PER_PAGE}`);
    const first = await pageAt(0);
    const total = Number(first?.['total']) || 0;
    const page = total > CHANGES_PER_PAGE ? await pageAt(total - CHANGES_PER_PAGE) : first;
    return readChanges(page?.['values'], actorOf);
  }

  async recentlyUpdated(minutes: number, limit: number): Promise<RecentIssue[]> {
    const issues: RecentIssue[] = [];
    const query = new URLSearchParams({ jql: recentlyUpdatedJql(minutes), fields: RECENT_ISSUE_FIELDS, maxResults: String(ISSUES_PER_PAGE) });
    for (;;) {
      const page = await this.gateway.json({ method: 'GET', path: `/rest/api/3/search/jql?${query.toString()}` });
      issues.push(...shapesOf(page['issues']).map((shape) => readRecentIssue(shape, actorOf)).filter((issue) => issue !== null));
      const next = textOf(page, 'nextPageToken');
      if (!next || issues.length >= limit) return issues.slice(0, limit);
      query.set('nextPageToken', next);
    }
  }

  async addComment(issueId: string, comment: NewComment): Promise<string> {
    const issue = pathPart(issueId);
    if (!issue) throw noSuchIssue();
    const { visibility, internal } = comment.audience;
    const properties: { key: string; value: unknown }[] = [{ key: OWN_COMMENT_PROPERTY, value: comment.mark }];
    if (internal) properties.push({ key: 'sd.public.comment', value: { internal: true } });
    const body = { body: toAdf(comment.body), properties, ...(visibility && { visibility }) };
    const posted = await this.gateway.json({ method: 'POST', path: `/rest/api/3/issue/${issue}/comment`, body });
    const id = textOf(posted, 'id');
    if (!id) throw new JiraProblem('jira_unexpected_answer', 'Jira took a comment but did not name it.');
    this.learnAccount(posted);
    return id;
  }

  /** No properties here: an edit without them keeps the mark and the internal flag. */
  async editComment(issueId: string, commentId: string, comment: NewComment, quiet: boolean): Promise<boolean> {
    const path = commentPath('3', issueId, commentId);
    if (!path) return false;
    const { visibility } = comment.audience;
    const body = { body: toAdf(comment.body), ...(visibility && { visibility }) };
    const answer = await this.gateway.call({ method: 'PUT', path: quiet ? `${path}?notifyUsers=false` : path, body, expect: [404] });
    return answer.status !== 404;
  }

  async deleteComment(issueId: string, commentId: string): Promise<boolean> {
    const path = commentPath('3', issueId, commentId);
    if (!path) return false;
    return (await this.gateway.call({ method: 'DELETE', path, expect: [404] })).status !== 404;
  }

  async putRemoteLink(issueId: string, link: RemoteLink): Promise<void> {
    const issue = pathPart(issueId);
    if (!issue) throw noSuchIssue();
    await this.gateway.call({ method: 'POST', path: `/rest/api/3/issue/${issue}/remotelink`, body: remoteLinkBody(link) });
  }

  /** Cloud offers no reactions to API tokens: the internal endpoint is 404, the gateway's 401. */
  react(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Needs the scope `read:jira-user`, which the guide does not ask for: no answer counts as hidden. */
  async emailOf(accountId: string): Promise<string | null> {
    const path = `/rest/api/3/user?accountId=${encodeURIComponent(accountId)}`;
    const answer = await this.gateway.call({ method: 'GET', path, expect: [400, 401, 403, 404] });
    return answer.status === 200 ? textOf(shapeOf(answer.json()), 'emailAddress') : null;
  }

  /** Cloud mostly hides addresses, and nobody is linked by them. */
  accountsWithEmail(): Promise<JiraActor[]> {
    return Promise.resolve([]);
  }

  private async find(path: string): Promise<Shape | null> {
    const answer = await this.gateway.call({ method: 'GET', path, expect: [404] });
    return answer.status === 404 ? null : shapeOf(answer.json());
  }

  private async commentOf(shape: Shape): Promise<JiraComment> {
    return readComment(shape, await this.ownProperty(shape), actorOf);
  }

  /**
   * Our property of a comment. `expand=properties` is answered by some sites and not documented for all; without it the
   * property is read by itself, but only from comments that can be ours.
   */
  private async ownProperty(shape: Shape): Promise<unknown> {
    if (Array.isArray(shape['properties'])) return propertyOf(shape, OWN_COMMENT_PROPERTY);
    const author = actorOf(shape['author'])?.id ?? '';
    const id = pathPart(textOf(shape, 'id') ?? '');
    if (!id || (this.identity.accountIds.length > 0 && !this.identity.accountIds.includes(author))) return undefined;
    return (await this.find(`/rest/api/3/comment/${id}/properties/${OWN_COMMENT_PROPERTY}`))?.['value'];
  }

  /** The author of what we posted is us, whatever the credentials said. */
  private learnAccount(posted: Shape): void {
    const accountId = actorOf(posted['author'])?.id;
    if (accountId && !this.identity.accountIds.includes(accountId)) this.learn({ accountId });
  }
}

function commentPath(version: '2' | '3', issueId: string, commentId: string): string | null {
  const [issue, comment] = [pathPart(issueId), pathPart(commentId)];
  return issue && comment && `/rest/api/${version}/issue/${issue}/comment/${comment}`;
}
