/**
 * What we do in a Data Center site: about a dozen endpoints, written down once.
 *
 * Everything is REST v2 with wiki markup (there is no v3 here). Ids are used on the configured base URL only; no address out
 * of an answer is ever called.
 */
import {
  type DatedChange, FILLED_FIELDS_QUERY, findChange, ISSUE_FIELDS, type JiraActor, type JiraChange, type JiraClient, type JiraComment, type JiraIssue, JiraProblem, type NewComment, noSuchIssue, OWN_COMMENT_PROPERTY, pathPart,
  propertyOf, readChanges, readComment, readFilledFields, readIssue, readRecentIssue, RECENT_ISSUE_FIELDS, type RecentIssue, recentlyUpdatedJql, type RemoteLink, remoteLinkBody, type Shape, shapeOf, shapesOf, textOf, toWikiMarkup,
} from '@openhands-jira/domain';
import { sameEmail } from '../security/email-address.js';
import type { DataCenterServer } from './jira-data-center.server.js';
import { actorOf } from './jira-data-center.shapes.js';

/** Who we are on this site. */
export interface DataCenterIdentity {
  /** The base URL, which is the address for people as well. */
  baseUrl: string;
  /** Our own user name and key; empty when not known yet. */
  accountIds: string[];
}

/** Tells an internal note of a service project; Data Center has no `jsdPublic`. */
const NOTE_PROPERTY = 'sd.public.comment';
const THUMBS_UP = '1f44d';
/** Answers that mean "no reactions here": the API is internal, and missing in many versions. */
const NO_REACTIONS = [401, 403, 404, 405];
const MOST_ACCOUNTS = 50;
const ISSUES_PER_PAGE = 100;

export class JiraDataCenterClient implements JiraClient {
  constructor(
    private readonly server: DataCenterServer,
    private readonly identity: DataCenterIdentity,
  ) {}

  async getIssue(idOrKey: string): Promise<JiraIssue | null> {
    const issue = pathPart(idOrKey);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?fields=${ISSUE_FIELDS}`));
    return read ? readIssue(read, this.identity.baseUrl, actorOf) : null;
  }

  async filledFields(issueId: string, wanted: readonly string[]): Promise<string[]> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?${FILLED_FIELDS_QUERY}`));
    return read ? readFilledFields(read, wanted) : [];
  }

  async getComment(issueId: string, commentId: string): Promise<JiraComment | null> {
    const path = commentPath(issueId, commentId);
    const read = path && (await this.find(`${path}?expand=properties`));
    return read ? this.commentOf(read, true) : null;
  }

  async listComments(issueId: string, limit: number): Promise<JiraComment[]> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}/comment?orderBy=-created&maxResults=${limit}&expand=properties`));
    const comments: JiraComment[] = [];
    for (const shape of shapesOf(read ? read['comments'] : []).slice(0, limit)) comments.push(await this.commentOf(shape, false));
    return comments;
  }

  /** Data Center has no page of changes: the whole history comes with the issue. */
  async getChange(issueId: string, changeId: string): Promise<JiraChange | null> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?fields=labels&expand=changelog`));
    return read ? findChange(shapeOf(read['changelog'])['histories'], changeId, actorOf) : null;
  }

  async listChanges(issueId: string): Promise<DatedChange[]> {
    const issue = pathPart(issueId);
    const read = issue && (await this.find(`/rest/api/2/issue/${issue}?fields=labels&expand=changelog`));
    return read ? readChanges(shapeOf(read['changelog'])['histories'], actorOf) : [];
  }

  async recentlyUpdated(minutes: number, limit: number): Promise<RecentIssue[]> {
    const issues: RecentIssue[] = [];
    const query = new URLSearchParams({ jql: recentlyUpdatedJql(minutes), fields: RECENT_ISSUE_FIELDS, maxResults: String(ISSUES_PER_PAGE) });
    for (let startAt = 0; ; ) {
      query.set('startAt', String(startAt));
      const answer = await this.server.json({ method: 'GET', path: `/rest/api/2/search?${query.toString()}` });
      const page = shapesOf(answer['issues']);
      issues.push(...page.map((shape) => readRecentIssue(shape, actorOf)).filter((issue) => issue !== null));
      // The server may give fewer than were asked for, so a short page is not the end.
      startAt += page.length;
      if (page.length === 0 || startAt >= Number(answer['total']) || issues.length >= limit) return issues.slice(0, limit);
    }
  }

  async addComment(issueId: string, comment: NewComment): Promise<string> {
    const issue = pathPart(issueId);
    if (!issue) throw noSuchIssue();
    const { visibility, internal } = comment.audience;
    const properties: { key: string; value: unknown }[] = [{ key: OWN_COMMENT_PROPERTY, value: comment.mark }];
    if (internal) properties.push({ key: NOTE_PROPERTY, value: { internal: true } });
    const body = { body: toWikiMarkup(comment.body), properties, ...(visibility && { visibility }) };
    const id = textOf(await this.server.json({ method: 'POST', path: `/rest/api/2/issue/${issue}/comment`, body }), 'id');
    if (!id) throw new JiraProblem('jira_unexpected_answer', 'Jira took a comment but did not name it.');
    return id;
  }

  /** No properties here: an edit without them keeps the mark and the internal flag. Data Center has no quiet edits. */
  async editComment(issueId: string, commentId: string, comment: NewComment): Promise<boolean> {
    const path = commentPath(issueId, commentId);
    if (!path) return false;
    const { visibility } = comment.audience;
    const body = { body: toWikiMarkup(comment.body), ...(visibility && { visibility }) };
    const answer = await this.server.call({ method: 'PUT', path, body, expect: [404] });
    return answer.status !== 404;
  }

  async deleteComment(issueId: string, commentId: string): Promise<boolean> {
    const path = commentPath(issueId, commentId);
    if (!path) return false;
    return (await this.server.call({ method: 'DELETE', path, expect: [404] })).status !== 404;
  }

  async putRemoteLink(issueId: string, link: RemoteLink): Promise<void> {
    const issue = pathPart(issueId);
    if (!issue) throw noSuchIssue();
    await this.server.call({ method: 'POST', path: `/rest/api/2/issue/${issue}/remotelink`, body: remoteLinkBody(link) });
  }

  /** Best effort: an internal API without documentation. */
  async react(commentId: string): Promise<boolean> {
    const body = { commentId: Number(commentId), emojiId: THUMBS_UP };
    const answer = await this.server.call({ method: 'POST', path: '/rest/internal/2/reactions', body, expect: NO_REACTIONS });
    return answer.status < 300;
  }

  /** A 403 is thrown: it says that the service account may not look at people, and nothing about this one. */
  async emailOf(accountId: string): Promise<string | null> {
    const answer = await this.server.call({ method: 'GET', path: `/rest/api/2/user?key=${encodeURIComponent(accountId)}`, expect: [400, 404] });
    return answer.status === 200 ? textOf(shapeOf(answer.json()), 'emailAddress') : null;
  }

  /** Jira looks for parts of names and addresses, so only exact addresses are kept of what it finds. A 403 is thrown: then nobody can tell who has it. */
  async accountsWithEmail(email: string): Promise<JiraActor[]> {
    const path = `/rest/api/2/user/search?username=${encodeURIComponent(email)}&maxResults=${MOST_ACCOUNTS}`;
    const answer = await this.server.call({ method: 'GET', path, expect: [400, 404] });
    const found = answer.status === 200 ? shapesOf(answer.json()).map(actorOf) : [];
    return found.filter((one) => one !== null).filter((one) => one.id !== '' && sameEmail(one.emailAddress ?? '', email));
  }

  private async find(path: string): Promise<Shape | null> {
    const answer = await this.server.call({ method: 'GET', path, expect: [404] });
    return answer.status === 404 ? null : shapeOf(answer.json());
  }

  /** @param alone false in a list, where one call more for each comment would be too many */
  private async commentOf(shape: Shape, alone: boolean): Promise<JiraComment> {
    const comment = readComment(shape, await this.property(shape, OWN_COMMENT_PROPERTY, this.mayBeOurs(shape)), actorOf);
    const internal = shapeOf(await this.property(shape, NOTE_PROPERTY, alone))['internal'] === true;
    return { ...comment, audience: { ...comment.audience, internal } };
  }

  /** A property of a comment. Where `expand=properties` is not answered it is read by itself, if that is worth a call. */
  private async property(shape: Shape, key: string, worthACall: boolean): Promise<unknown> {
    if (Array.isArray(shape['properties'])) return propertyOf(shape, key);
    const id = pathPart(textOf(shape, 'id') ?? '');
    if (!id || !worthACall) return undefined;
    return (await this.find(`/rest/api/2/comment/${id}/properties/${key}`))?.['value'];
  }

  private mayBeOurs(shape: Shape): boolean {
    const { accountIds } = this.identity;
    return accountIds.length === 0 || accountIds.includes(actorOf(shape['author'])?.id ?? '');
  }
}

function commentPath(issueId: string, commentId: string): string | null {
  const [issue, comment] = [pathPart(issueId), pathPart(commentId)];
  return issue && comment && `/rest/api/2/issue/${issue}/comment/${comment}`;
}
