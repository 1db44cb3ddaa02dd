import { useEffect, useState } from 'react';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', DAY], ['hour', 60 * MINUTE], ['minute', MINUTE]];

/** "3 minutes ago", "in 20 days": the largest unit that fits. `justNow` stands for less than a minute. */
export function relativeTime(at: Date, now: Date, justNow: string, locale?: string): string {
  const distance = at.getTime() - now.getTime();
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) >= size) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(distance / size), unit);
  }
  return justNow;
}

/** Date and time as people here write it. */
export function exactTime(at: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** True while a time is still to come. */
export function isAhead(at: string | null): at is string {
  return at !== null && Date.parse(at) > Date.now();
}

/** A point in time: exact, and how long ago it was, kept up to date. */
export function Moment({ at, justNow }: { at: string; justNow: string }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at}>
      {exactTime(date)} <span className="ui-muted">({relativeTime(date, now, justNow)})</span>
    </time>
  );
}

/** "in 365 days", "tomorrow": whole days between two dates, in UTC as date fields mean it. */
export function relativeDay(at: Date, now: Date, locale?: string): string {
  const days = Math.floor(at.getTime() / DAY) - Math.floor(now.getTime() / DAY);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/** A day without a time, as date fields mean it (in UTC), and how far away it is. */
export function Day({ at }: { at: string }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at.slice(0, 10)}>
      {new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(date)} <span className="ui-muted">({relativeDay(date, now)})</span>
    </time>
  );
}

/** Date and time to the second, for steps that follow each other closely. */
export function PreciseMoment({ at }: { at: string }) {
  return <time dateTime={at}>{new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at))}</time>;
}

/** The time in short form for lists; the exact one stands in the tooltip and in the machine-readable attribute. */
export function ShortMoment({ at, justNow }: { at: string; justNow: string }) {
  const now = useNow();
  const date = new Date(at);
  return <time dateTime={at} title={exactTime(date)}>{relativeTime(date, now, justNow)}</time>;
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE / 2);
    return () => clearInterval(timer);
  }, []);
  return now;
}
