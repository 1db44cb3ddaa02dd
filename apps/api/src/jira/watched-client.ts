import { type DatedChange, type JiraActor, type JiraChange, type JiraClient, type JiraComment, type JiraIssue, JiraProblem, type NewComment, type RecentIssue, type RemoteLink } from '@openhands-jira/domain';

/** Told what Jira thinks of the service account. */
export interface AccountWatch {
  refused(): Promise<void>;
  accepted(): Promise<void>;
}

/**
 * A client that notices when Jira refuses the service account: the refusal is told, and this client makes no further call.
 * `isQuiet`: it makes none at all, because the account was refused a moment ago.
 */
export class WatchedClient implements JiraClient {
  private knownGood = false;

  constructor(
    private readonly client: JiraClient,
    private readonly account: AccountWatch,
    private isQuiet: boolean,
  ) {}

  getIssue(idOrKey: string): Promise<JiraIssue | null> {
    return this.watch(() => this.client.getIssue(idOrKey));
  }

  filledFields(issueId: string, wanted: readonly string[]): Promise<string[]> {
    return this.watch(() => this.client.filledFields(issueId, wanted));
  }

  getComment(issueId: string, commentId: string): Promise<JiraComment | null> {
    return this.watch(() => this.client.getComment(issueId, commentId));
  }

  listComments(issueId: string, limit: number): Promise<JiraComment[]> {
    return this.watch(() => this.client.listComments(issueId, limit));
  }

  getChange(issueId: string, changeId: string): Promise<JiraChange | null> {
    return this.watch(() => this.client.getChange(issueId, changeId));
  }

  listChanges(issueId: string): Promise<DatedChange[]> {
    return this.watch(() => this.client.listChanges(issueId));
  }

  recentlyUpdated(minutes: number, limit: number): Promise<RecentIssue[]> {
    return this.watch(() => this.client.recentlyUpdated(minutes, limit));
  }

  addComment(issueId: string, comment: NewComment): Promise<string> {
    return this.watch(() => this.client.addComment(issueId, comment));
  }

  editComment(issueId: string, commentId: string, comment: NewComment, quiet: boolean): Promise<boolean> {
    return this.watch(() => this.client.editComment(issueId, commentId, comment, quiet));
  }

  deleteComment(issueId: string, commentId: string): Promise<boolean> {
    return this.watch(() => this.client.deleteComment(issueId, commentId));
  }

  putRemoteLink(issueId: string, link: RemoteLink): Promise<void> {
    return this.watch(() => this.client.putRemoteLink(issueId, link));
  }

  react(commentId: string): Promise<boolean> {
    return this.watch(() => this.client.react(commentId));
  }

  emailOf(accountId: string): Promise<string | null> {
    return this.watch(() => this.client.emailOf(accountId));
  }

  accountsWithEmail(email: string): Promise<JiraActor[]> {
    return this.watch(() => this.client.accountsWithEmail(email));
  }

  private async watch<T>(call: () => Promise<T>): Promise<T> {
    if (this.isQuiet) throw new JiraProblem('service_account_rejected', 'Jira refused the service account a moment ago.', null, 401);
    try {
      const answer = await call();
      if (!this.knownGood) await this.account.accepted();
      this.knownGood = true;
      return answer;
    } catch (error) {
      if (error instanceof JiraProblem && error.code === 'service_account_rejected') await this.hush();
      throw error;
    }
  }

  private async hush(): Promise<void> {
    this.isQuiet = true;
    await this.account.refused();
  }
}
