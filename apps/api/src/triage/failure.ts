/** What it means for a delivery when something that a decision needs does not answer. */
import type { FailedReason } from '@openhands-jira/contracts';
import { JiraProblem } from '@openhands-jira/domain';
import { GitProviderUnreachable } from '../git-providers/git-provider.js';
import { RetryLater } from '../queue/queue.service.js';

/** Which reason an exception stands for, if it stays so; null when it only means that somebody else comes first. */
export function failureOf(error: unknown): FailedReason | null {
  if (error instanceof JiraProblem) return error.code;
  if (error instanceof GitProviderUnreachable) return 'git_provider_unreachable';
  return error instanceof RetryLater ? null : 'internal_error';
}
