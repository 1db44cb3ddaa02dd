import type { Connection, Integration } from '@openhands-jira/contracts';
import { Facts, LoadingBlock, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { StaleNotice } from '../../app/stale-notice.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { HowToAsk } from '../integrations/how-to-ask.js';
import { integrationsQuery, toneOf, withConnection, wordOf } from '../integrations/integrations.js';
import { OtherWorkspaces } from '../integrations/other-workspaces.js';
import { ReasonsNotice } from '../integrations/reasons-notice.js';
import { ConnectionPeople } from '../people/connection-people.js';
import { RulesLink } from '../rules/rules-link.js';
import { TryLink } from '../try/try-link.js';
import { ConfigureForm } from './configure-form.js';
import { EditForm } from './edit-form.js';
import { UnlinkRow } from './unlink.js';

/** Settings, Integrations, Jira Cloud: the view that belongs to the caller. */
export function JiraCloudPage() {
  const integrations = useQuery(integrationsQuery);
  const [query] = useSearch();
  const found = integrations.data?.items.find(({ product }) => product === 'jira-cloud');
  const integration = found && withConnection(found, query.get('connection'));
  const isAnother = integration !== undefined && addsAnother(integration, query);

  return (
    <>
      <p><Link className="back-link" to="/settings/integrations">{texts.common.toList}</Link></p>
      <PageHead title={cloudTexts.title} aside={integration && !isAnother && <StatusBadge tone={toneOf(integration)} icon={integration.state === 'paused' ? 'pause' : undefined}>{wordOf(integration)}</StatusBadge>} />
      {integrations.isPending && <LoadingBlock label={texts.common.loading} />}
      {integrations.isError && !integration && <LoadFailure query={integrations} />}
      <StaleNotice query={integrations} />
      {integration && <CloudView integration={integration} />}
    </>
  );
}

/** The form for a further workspace: how the first one stands is told on its own page. */
function addsAnother({ capabilities }: Integration, query: URLSearchParams): boolean {
  return capabilities.includes('configure') && query.has('another');
}

function CloudView({ integration }: { integration: Integration }) {
  const [query] = useSearch();
  const { state, connection, link, capabilities } = integration;
  if (state === 'disabled') return <ReasonsNotice integration={integration} />;
  const canConfigure = capabilities.includes('configure');
  const another = addsAnother(integration, query);
  return (
    <>
      {another ? <ConfigureForm webhookUrl={webhookUrlOf(integration)} /> : <OwnView integration={integration} connection={connection} linked={link !== null} />}
      {!another && <RulesLink integration={integration} />}
      {!another && <TryLink integration={integration} />}
      {!another && <ConnectionPeople integration={integration} />}
      {!another && integration.others.length > 0 && <Section title={texts.integrations.others}><OtherWorkspaces others={integration.others} /></Section>}
      {connection && canConfigure && !another && <p><Link to="?another">{cloudTexts.another}</Link></p>}
    </>
  );
}

/** The owner edits, who is linked may unlink, and everybody else configures. */
function OwnView({ integration, connection, linked }: { integration: Integration; connection: Connection | null; linked: boolean }) {
  if (connection?.ownedByCaller) return <EditForm key={connection.id} integration={integration} connection={connection} />;
  return linked ? <MemberView integration={integration} /> : <ConfigureForm webhookUrl={webhookUrlOf(integration)} />;
}

/** The address for webhooks while there is no connection yet. Jira Cloud always has one. */
function webhookUrlOf({ sharedWebhookUrl }: Integration): string {
  return sharedWebhookUrl ?? '';
}

/** A person who is linked to somebody else's connection: the workspace and "Unlink", no credentials. */
function MemberView({ integration }: { integration: Integration }) {
  const { connection, link, state } = integration;
  return (
    <div className="narrow ui-stack">
      {state === 'degraded' && <ReasonsNotice integration={integration} />}
      <Section title={cloudTexts.account}>
        <p>{cloudTexts.memberIntro}</p>
        {connection && <UnlinkRow integration={integration} connection={connection} />}
        {link && <Facts items={[{ name: texts.integrations.yourAccount, value: <>{texts.integrations.linkedSince(link.jiraDisplayName)} <Moment at={link.linkedAt} justNow={texts.common.justNow} /></> }]} />}
        <p><HowToAsk /></p>
      </Section>
    </div>
  );
}
