import { type JiraCapabilities, type JiraClient, type JiraComment, JiraProblem, type NewComment, type RemoteLink } from '@openhands-jira/domain';
import type { OpenJira } from '../jira/jiras.service.js';

/** A comment as the fake keeps it. */
export interface FakeComment extends NewComment {
  id: string;
  issueId: string;
  edits: { comment: NewComment; quiet: boolean }[];
}

/** What goes wrong with the next calls, in order. `lost`: carried out, and the answer does not come back. */
export type JiraFault = JiraProblem | 'lost';

/** A Jira for tests of the outbox: it keeps what is written, and fails when told to. */
export class FakeJira implements Partial<JiraClient> {
  comments: FakeComment[] = [];
  links: RemoteLink[] = [];
  reactions: string[] = [];
  calls = 0;
  faults: JiraFault[] = [];
  /** Answers nothing at all. */
  down = false;
  /** What links fail with. */
  linkFault: JiraProblem | null = null;
  can: JiraCapabilities = { reactions: yes, quietEdits: yes, webhookInstallation: no };
  offersReactions = true;
  reactionsOff = false;
  exists = true;

  /** In place of the room that knows all Jiras. */
  async open(): Promise<OpenJira | null> {
    return this.exists ? { client: this as unknown as JiraClient, can: this.can, reactionsOff: this.reactionsOff } : null;
  }

  async switchReactionsOff(): Promise<void> {
    this.reactionsOff = true;
  }

  async addComment(issueId: string, comment: NewComment): Promise<string> {
    return this.call(() => {
      const id = String(10_000 + this.comments.length);
      this.comments.push({ ...comment, id, issueId, edits: [] });
      return id;
    });
  }

  async editComment(_issueId: string, commentId: string, comment: NewComment, quiet: boolean): Promise<boolean> {
    return this.call(() => {
      const found = this.comments.find((one) => one.id === commentId);
      if (!found) return false;
      found.edits.push({ comment, quiet });
      found.body = comment.body;
      return true;
    });
  }

  async listComments(issueId: string, limit: number): Promise<JiraComment[]> {
    return this.call(() => this.comments.filter((one) => one.issueId === issueId).reverse().slice(0, limit).map((one) => ({ id: one.id, mark: one.mark }) as JiraComment));
  }

  async putRemoteLink(_issueId: string, link: RemoteLink): Promise<void> {
    this.call(() => {
      if (this.linkFault) throw this.linkFault;
      this.links = [...this.links.filter((one) => one.globalId !== link.globalId), link];
    });
  }

  async react(commentId: string): Promise<boolean> {
    return this.call(() => {
      if (this.offersReactions) this.reactions.push(commentId);
      return this.offersReactions;
    });
  }

  /** The comment that was posted for a write with this key. */
  commentOf(key: string): FakeComment | undefined {
    return this.comments.find((one) => one.mark.key === key);
  }

  /** All words of a comment. */
  textOf(key: string): string {
    return words(this.commentOf(key)?.body);
  }

  private call<T>(work: () => T): T {
    this.calls += 1;
    if (this.down) throw new JiraProblem('jira_unreachable', 'no answer in time');
    const fault = this.faults.shift();
    if (fault instanceof JiraProblem) throw fault;
    const result = work();
    if (fault === 'lost') throw new JiraProblem('jira_unreachable', 'no answer in time');
    return result;
  }
}

const yes = { yes: true, reason: 'it can' };
const no = { yes: false, reason: 'it cannot' };

function words(node: unknown): string {
  if (Array.isArray(node)) return node.map(words).join('');
  if (typeof node !== 'object' || node === null) return '';
  const { text, displayName, ...inner } = node as Record<string, unknown>;
  return `${typeof text === 'string' ? text : ''}${typeof displayName === 'string' ? `@${displayName}` : ''}${Object.values(inner).map(words).join('')}`;
}
