import type { Connection, Integration } from '@openhands-jira/contracts';
import { buttonLook, ExternalLink, Facts, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import type { ReactNode } from 'react';
import { Link } from '../../lib/router.js';
import { texts } from '../../texts.js';
import { cloudAction, dataCenterAction } from './card-action.js';
import { toneOf, wordOf } from './integrations.js';
import { OtherWorkspaces } from './other-workspaces.js';
import { ReasonsNotice } from './reasons-notice.js';

/** One product: how it stands, and the one thing to do next. */
export function IntegrationCard({ integration, isAdmin }: { integration: Integration; isAdmin: boolean }) {
  const { product, state, reasons, connection, link } = integration;
  return (
    <Section title={texts.products[product]} isOff={state === 'disabled'} aside={<StatusBadge tone={toneOf(integration)} icon={state === 'paused' ? 'pause' : undefined}>{wordOf(integration)}</StatusBadge>}>
      <ReasonsNotice integration={integration} />
      {connection || link ? <Facts items={factsOf(integration)} /> : state !== 'disabled' && reasons.length === 0 && <p className="ui-muted">{texts.integrations.notConfigured[product]}</p>}
      <CardAction integration={integration} isAdmin={isAdmin} />
    </Section>
  );
}

function factsOf({ connection, link, others }: Integration): { name: string; value: ReactNode }[] {
  const t = texts.integrations;
  const account = { name: t.yourAccount, value: link ? <>{t.linkedSince(link.jiraDisplayName)} <Moment at={link.linkedAt} justNow={texts.common.justNow} /></> : t.notLinked };
  const further = others.length > 0 ? [{ name: t.others, value: <OtherWorkspaces others={others} /> }] : [];
  return [...(connection ? connectionFacts(connection) : []), account, ...further];
}

function connectionFacts({ site, siteUrl, serviceAccount, webhook }: Connection): { name: string; value: ReactNode }[] {
  const t = texts.integrations;
  return [
    { name: t.site, value: <ExternalLink href={siteUrl} newTab={texts.common.newTab}>{site}</ExternalLink> },
    ...(serviceAccount.email ? [{ name: t.postsAs, value: serviceAccount.email }] : []),
    { name: t.lastDelivery, value: webhook.lastDeliveryAt ? <Moment at={webhook.lastDeliveryAt} justNow={texts.common.justNow} /> : t.noDelivery },
  ];
}

/** The one thing to do next. */
function CardAction({ integration, isAdmin }: { integration: Integration; isAdmin: boolean }) {
  const action = integration.product === 'jira-cloud' ? cloudAction(integration) : dataCenterAction(integration, isAdmin);
  if (!action) return null;
  return (
    <div>
      <Link {...buttonLook({ variant: action.isNext ? 'filled' : 'default' })} to={action.to} aria-label={`${action.word}: ${texts.products[integration.product]}`}>{action.word}</Link>
    </div>
  );
}
