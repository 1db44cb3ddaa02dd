import { Button } from '@mantine/core';
import type { Connection, Integration } from '@openhands-jira/contracts';
import { ExternalLink, Facts, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { texts } from '../../texts.js';
import { STATE_TONES } from './integrations.js';
import { ReasonsNotice } from './reasons-notice.js';

/** One product: how it stands, and the one thing to do next. */
export function IntegrationCard({ integration }: { integration: Integration }) {
  const { product, state, connection, link } = integration;
  return (
    <Section title={texts.products[product]} aside={<StatusBadge tone={STATE_TONES[state]} icon={state === 'paused' ? 'pause' : undefined}>{texts.integrationStates[state]}</StatusBadge>}>
      <ReasonsNotice integration={integration} />
      {connection || link ? <Facts items={factsOf(integration)} /> : state !== 'disabled' && <p className="ui-muted">{texts.integrations.notConfigured[product]}</p>}
      <CardAction integration={integration} />
    </Section>
  );
}

function factsOf({ connection, link }: Integration): { name: string; value: ReactNode }[] {
  const t = texts.integrations;
  const account = { name: t.yourAccount, value: link ? <>{t.linkedSince(link.jiraDisplayName)} <Moment at={link.linkedAt} justNow={texts.common.justNow} /></> : t.notLinked };
  return connection ? [...connectionFacts(connection), account] : [account];
}

function connectionFacts({ site, siteUrl, serviceAccount, webhook }: Connection): { name: string; value: ReactNode }[] {
  const t = texts.integrations;
  return [
    { name: t.site, value: <ExternalLink href={siteUrl} newTab={texts.common.newTab}>{site}</ExternalLink> },
    ...(serviceAccount.email ? [{ name: t.postsAs, value: serviceAccount.email }] : []),
    { name: t.lastDelivery, value: webhook.lastDeliveryAt ? <Moment at={webhook.lastDeliveryAt} justNow={texts.common.justNow} /> : t.noDelivery },
  ];
}

/** Jira Data Center is set up elsewhere; its card only tells how it stands. */
function CardAction({ integration }: { integration: Integration }) {
  const { product, connection, link, capabilities } = integration;
  if (product !== 'jira-cloud') return null;
  const begun = connection !== null || link !== null;
  if (!begun && !capabilities.includes('configure') && !capabilities.includes('link')) return null;
  const unfinished = connection?.status === 'pending' && connection.ownedByCaller;
  const word = !begun ? texts.integrations.configure : unfinished ? texts.integrations.finish : texts.integrations.edit;
  return (
    <div>
      <Button component={Link} to="/settings/integrations/jira-cloud" variant={begun && !unfinished ? 'default' : 'filled'} aria-label={`${word}: ${texts.products[product]}`}>{word}</Button>
    </div>
  );
}
