import { MINUTE_MS } from './patience.js';
import type { IssueWriteEntity } from './issue-write.entity.js';

/** A comment that fails for longer than this no longer holds up those after it. */
const ORDER_MS = 30 * MINUTE_MS;

/**
 * Which of the pending writes of one issue comes next, or how many milliseconds to wait for it. `pending` is not empty, and
 * in the order in which the writes were wished for.
 *
 * - Comments first: nobody waits for a comment because of a link or a reaction, which only decorate the issue.
 * - Comments appear in the order in which they were wished for. One that waits for its next attempt holds up the later ones,
 *   but not for longer than half an hour: by then its trouble may be its own.
 * - An edit changes no order, so it holds up nothing.
 */
export function nextWrite(pending: IssueWriteEntity[], now: Date): { write: IssueWriteEntity } | { waitMs: number } {
  const comments = pending.filter(({ kind }) => kind === 'comment');
  const decorations = pending.filter(({ kind }) => kind !== 'comment');
  const open = [...untilFirstHeldUp(comments, now), ...decorations];
  const write = open.find((one) => isDue(one, now));
  return write ? { write } : { waitMs: Math.min(...open.map(({ nextAttemptAt }) => nextAttemptAt.getTime())) - now.getTime() };
}

/** The comments up to the first one that holds up the others. Edits behind it wait as well: they would tell of later things. */
function untilFirstHeldUp(comments: IssueWriteEntity[], now: Date): IssueWriteEntity[] {
  const holding = comments.findIndex((one) => !isDue(one, now) && one.remoteId === null && !failsForLong(one, now));
  return holding === -1 ? comments : comments.slice(0, holding + 1);
}

function isDue(write: IssueWriteEntity, now: Date): boolean {
  return write.nextAttemptAt.getTime() <= now.getTime();
}

function failsForLong({ failingSince }: IssueWriteEntity, now: Date): boolean {
  return failingSince !== null && now.getTime() - failingSince.getTime() >= ORDER_MS;
}
