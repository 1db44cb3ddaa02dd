import { TextInput } from '@mantine/core';
import { Button, LoadingBlock, Moment, Notice, Section } from '@openhands-jira/ui';
import { type Delivery, type Integration, IssueQuery } from '@openhands-jira/contracts';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, Fragment, useState } from 'react';
import { Link, useSearch } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { JobsTable } from '../jobs/jobs-table.js';
import { jobsQuery } from '../jobs/jobs.js';
import { ActivityHead } from './activity-tabs.js';
import { DeliveriesTable } from './deliveries-table.js';
import { deliveriesQuery, deliveryQuery, issueSightQuery } from './deliveries.js';
import { Verdict } from './verdict.js';

/** "Why did nothing happen?": everything about one issue, or the usual causes when nothing came. */
export function WhyPage() {
  const [query, setQuery] = useSearch();
  const issueKey = query.get('issueKey') ?? '';

  return (
    <>
      <ActivityHead />
      <Section title={activityTexts.activity.why}>
        <AskForIssue key={issueKey} issueKey={issueKey} onAsk={(key) => setQuery({ issueKey: key })} />
      </Section>
      {issueKey !== '' && <AboutIssue issueKey={issueKey} />}
    </>
  );
}

function AskForIssue({ issueKey, onAsk }: { issueKey: string; onAsk: (key: string) => void }) {
  const [typed, setTyped] = useState(issueKey);
  const [wrong, setWrong] = useState(false);
  const t = activityTexts.why;

  function submit(event: FormEvent): void {
    event.preventDefault();
    const key = typed.trim().toUpperCase();
    const readable = IssueQuery.safeParse({ issueKey: key }).success;
    setWrong(!readable);
    if (readable) onAsk(key);
  }

  return (
    <form noValidate className="ui-stack narrow" onSubmit={submit}>
      <p className="ui-muted">{t.intro}</p>
      <TextInput label={t.issue} placeholder={activityTexts.activity.issuePlaceholder} value={typed} error={wrong && t.issueWrong} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      <div><Button type="submit">{t.look}</Button></div>
    </form>
  );
}

function AboutIssue({ issueKey }: { issueKey: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery({ issueKey }, true));
  const jobs = useInfiniteQuery(jobsQuery({ issueKey }, true));
  const found = deliveries.data?.pages.flatMap((page) => page.items);
  const work = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  if (deliveries.isPending) return <LoadingBlock label={texts.common.loading} />;
  if (deliveries.isError) return <LoadFailure query={deliveries} />;
  return (
    <>
      {found && <Answer found={found} />}
      {work.length > 0 && <Section title={activityTexts.why.jobs(issueKey)}><JobsTable jobs={work} caption={activityTexts.activity.jobsCaption} /></Section>}
      {found && found.length > 0
        ? <Section title={activityTexts.why.found(found.length, issueKey)}><DeliveriesTable pages={[found]} caption={activityTexts.activity.caption} /></Section>
        : <UsualCauses issueKey={issueKey} />}
    </>
  );
}

/** The word that matters most: what was accepted, refused or failed last, else what was ignored last. */
function Answer({ found }: { found: Delivery[] }) {
  const first = found.find(({ outcome }) => outcome !== 'ignored') ?? found.find(({ reason }) => reason !== 'duplicate_trigger') ?? found[0];
  const delivery = useQuery({ ...deliveryQuery(first?.id ?? ''), enabled: first !== undefined });
  if (!delivery.data) return null;
  return (
    <Section title={activityTexts.why.answer}>
      <Verdict delivery={delivery.data} />
      <p><Link to={`/deliveries/${delivery.data.id}`}>{activityTexts.why.everyStep}</Link></p>
    </Section>
  );
}

/** Nothing reached us: what can be checked from here, and what only Jira knows. */
function UsualCauses({ issueKey }: { issueKey: string }) {
  const integrations = useQuery(integrationsQuery);
  const known = (integrations.data?.items ?? []).filter(({ connection, link }) => connection !== null || link !== null);
  const t = activityTexts.why;
  return (
    <Notice tone="neutral" title={t.nothing(issueKey)} role="status">
      <p>{t.nothingText}</p>
      <ul className="how-to">
        {known.length === 0 && <li><Link to="/settings/integrations">{t.noConnection}</Link></li>}
        {known.map((integration) => <KnownSite key={integration.product} integration={integration} />)}
        <Sight issueKey={issueKey} />
        <li>{t.events}</li>
        <li>{t.filter}</li>
        <li>{t.otherPerson}</li>
      </ul>
    </Notice>
  );
}

/** What Jira itself says now. What comes later than the rest is read out with the list that it belongs to. */
function Sight({ issueKey }: { issueKey: string }) {
  const sight = useQuery(issueSightQuery(issueKey));
  const t = activityTexts.why;
  if (sight.isPending) return <li>{t.asking}</li>;
  if (sight.isError) return <li>{sight.error.message}</li>;
  return sight.data.items.map(({ connectionId, site, seen, projectServed }) => (
    <Fragment key={connectionId}>
      <li>{t.seen[seen](site, issueKey)}</li>
      {!projectServed && <li>{t.notServed(site, issueKey)}</li>}
    </Fragment>
  ));
}

function KnownSite({ integration: { connection, link } }: { integration: Integration }) {
  const t = activityTexts.why;
  return (
    <>
      {connection && <li>{connection.webhook.lastDeliveryAt ? <>{t.lastDelivery(connection.site)} <Moment at={connection.webhook.lastDeliveryAt} justNow={texts.common.justNow} />.</> : t.noDelivery(connection.site)}</li>}
      <li>{link ? t.linked(link.jiraDisplayName) : t.notLinked}</li>
    </>
  );
}
