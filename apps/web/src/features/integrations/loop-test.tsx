import { TextInput } from '@mantine/core';
import { BeginLoopTest, type LoopTest as Test } from '@openhands-jira/contracts';
import { Button, LoadingBlock, Moment, Notice, type Tone, useAnnounce } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { Link } from '../../lib/router.js';
import { useAction } from '../../lib/use-action.js';
import { loopTexts as t } from '../../texts-of-checks.js';
import { texts } from '../../texts.js';
import { beginLoopTest, loopTestQuery } from './connection-tests.js';

/**
 * "Do deliveries arrive?": writes a comment into an issue that the person names, waits for Jira's call, and tells what became of it. It is asked
 * for when it is opened. The server goes on by itself, so the page may be left meanwhile.
 */
export function LoopTest({ connectionId }: { connectionId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t.title}</summary>
      {isOpen && <Opened connectionId={connectionId} />}
    </details>
  );
}

function Opened({ connectionId }: { connectionId: string }) {
  const query = loopTestQuery(connectionId);
  const loopTest = useQuery(query);
  const queries = useQueryClient();
  const latest = loopTest.data?.latest ?? null;
  useAnnounceEnd(latest);
  return (
    <div className="ui-stack">
      <p>{t.intro}</p>
      <BeginForm connectionId={connectionId} isUnderWay={latest !== null && latest.endedAt === null} onBegun={(begun) => queries.setQueryData(query.queryKey, { latest: begun })} />
      {loopTest.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {loopTest.isError && !loopTest.data && <LoadFailure query={loopTest} />}
      {latest && <Latest test={latest} />}
    </div>
  );
}

function BeginForm({ connectionId, isUnderWay, onBegun }: { connectionId: string; isUnderWay: boolean; onBegun: (begun: Test) => void }) {
  const begin = useAction(beginLoopTest);
  const [issueKey, setIssueKey] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const key = issueKey.trim().toUpperCase();
    const isKey = BeginLoopTest.safeParse({ issueKey: key }).success;
    setIsWrong(!isKey);
    if (!isKey) return field.current?.focus();
    const result = await begin.run(connectionId, key);
    if (result.ok) onBegun(result.value);
  }

  return (
    <form noValidate className="ui-stack narrow" onSubmit={(event) => void submit(event)}>
      <TextInput
        ref={field} label={t.issue} description={t.issueHelp} value={issueKey} error={isWrong && t.issueWrong} autoComplete="off" autoCapitalize="characters" spellCheck={false}
        onChange={(event) => { setIssueKey(event.currentTarget.value); setIsWrong(false); }}
      />
      {begin.failure && <Notice tone="bad" role="alert">{begin.failure.message}</Notice>}
      <div><Button type="submit" variant="default" loading={begin.pending || isUnderWay}>{t.begin}</Button></div>
    </form>
  );
}

const TONES: Record<Test['result'], Tone> = { waiting: 'progress', arrived: 'good', turned_away: 'bad', not_arrived: 'bad', not_written: 'warning' };

function Latest({ test: { issueKey, result, detail, hint, startedAt, tookMs, deliveryId, comment } }: { test: Test }) {
  return (
    <Notice tone={TONES[result]} title={t.results[result]}>
      <p>{t.inIssue(issueKey)} <Moment at={startedAt} justNow={texts.common.justNow} />. {tookMs !== null && t.took(tookMs)}</p>
      <p>{detail} {hint}</p>
      {t.comments[comment] && <p>{t.comments[comment]}</p>}
      {deliveryId && <p><Link to={`/deliveries/${deliveryId}`}>{t.open}</Link></p>}
    </Notice>
  );
}

/** Tells people who cannot see it how the test that they watch ended. */
function useAnnounceEnd(latest: Test | null): void {
  const announce = useAnnounce();
  const before = useRef<Test['result'] | null>(null);
  useEffect(() => {
    if (before.current === 'waiting' && latest && latest.result !== 'waiting') announce(t.results[latest.result]);
    before.current = latest?.result ?? null;
  }, [announce, latest]);
}
