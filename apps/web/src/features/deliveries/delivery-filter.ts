/** What the delivery log is narrowed to. It lives in the address, so that it can be kept and passed on. Rules only. */
import { DeliveryOutcome, DeliveryReason, REASONS_BY_OUTCOME } from '@openhands-jira/contracts';
import { activityTexts } from '../../texts-of-activity.js';

/** Spans of time to choose from, in hours. */
export const SPANS = { '1h': 1, '24h': 24, '7d': 7 * 24, '30d': 30 * 24 } as const;
export type Span = keyof typeof SPANS;

/** Absent means everything. `from` and `to` are days here, both included. */
export interface DeliveryFilter {
  outcome?: DeliveryOutcome | undefined;
  reason?: DeliveryReason | undefined;
  issueKey?: string | undefined;
  actor?: string | undefined;
  connectionId?: string | undefined;
  within?: Span | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filter of an address. Words that are none of ours are dropped: the server would refuse them. */
export function readFilter(query: URLSearchParams): DeliveryFilter {
  const text = (name: string): string | undefined => query.get(name)?.trim() || undefined;
  const day = (name: string): string | undefined => (DAY.test(text(name) ?? '') ? text(name) : undefined);
  return {
    outcome: DeliveryOutcome.safeParse(text('outcome')).data,
    reason: DeliveryReason.safeParse(text('reason')).data,
    issueKey: text('issueKey'),
    actor: text('actor'),
    connectionId: text('connectionId'),
    within: (Object.keys(SPANS) as Span[]).find((span) => span === text('within')),
    from: day('from'),
    to: day('to'),
  };
}

/** How many filters are set. */
export function countFilters(filter: DeliveryFilter): number {
  return Object.values(filter).filter(Boolean).length;
}

/** The filter as the server takes it, at this moment. */
export function toServer({ within, from, to, ...others }: DeliveryFilter, now: Date): Record<string, string | undefined> {
  const since = within ? new Date(now.getTime() - SPANS[within] * 3_600_000).toISOString() : from && startOf(from);
  return { ...others, since, until: to && startOf(to, 1) };
}

/** The beginning of a day here, or of the day that comes so many days later. */
function startOf(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** The reasons that an outcome can have; of all outcomes when none is chosen. What was not let in is not in the log. */
export function reasonsOf(outcome: DeliveryOutcome | undefined): { outcome: keyof typeof REASONS_BY_OUTCOME; reasons: readonly DeliveryReason[] }[] {
  const all = Object.entries(REASONS_BY_OUTCOME) as [keyof typeof REASONS_BY_OUTCOME, readonly DeliveryReason[]][];
  return all.filter(([one]) => one !== 'rejected' && (outcome === undefined || one === outcome)).map(([one, reasons]) => ({ outcome: one, reasons }));
}

/** What is wrong with the days of a filter, or null. */
export function mistakeInDays({ from, to }: DeliveryFilter): string | null {
  return from && to && from > to ? activityTexts.activity.daysWrong : null;
}
