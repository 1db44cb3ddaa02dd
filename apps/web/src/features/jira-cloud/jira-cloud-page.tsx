import type { Integration } from '@openhands-jira/contracts';
import { Facts, LoadingBlock, Moment, Notice, Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { texts } from '../../texts.js';
import { integrationsQuery, STATE_TONES } from '../integrations/integrations.js';
import { ConfigureForm } from './configure-form.js';
import { EditForm } from './edit-form.js';
import { UnlinkRow } from './unlink.js';

/** Settings, Integrations, Jira Cloud: the view that belongs to the caller. */
export function JiraCloudPage() {
  const integrations = useQuery(integrationsQuery);
  const integration = integrations.data?.items.find(({ product }) => product === 'jira-cloud');

  return (
    <>
      <p><Link className="back-link" to="/settings/integrations">{texts.returned.toList}</Link></p>
      <PageHead title={texts.cloud.title} aside={integration && <StatusBadge tone={STATE_TONES[integration.state]}>{texts.integrationStates[integration.state]}</StatusBadge>} />
      {integrations.isPending && <LoadingBlock label={texts.common.loading} />}
      {integrations.isError && !integration && <LoadFailure query={integrations} />}
      {integration && <CloudView integration={integration} />}
    </>
  );
}

function CloudView({ integration }: { integration: Integration }) {
  const { state, reasons, connection, link } = integration;
  if (state === 'disabled') return <Notice tone="neutral" title={texts.integrations.none}>{reasons.length > 0 ? reasons.map(({ code, detail }) => <p key={code}>{detail}</p>) : <p>{texts.integrations.noneText}</p>}</Notice>;
  return (
    <>
      {integration.linkMethod === 'email' && <Notice tone="neutral">{texts.cloud.emailMode}</Notice>}
      {connection && reasons.length > 0 && <Notice tone={state === 'degraded' ? 'bad' : 'warning'} title={texts.integrations.reasons}>{reasons.map(({ code, detail }) => <p key={code}>{detail}</p>)}</Notice>}
      {connection?.ownedByCaller ? <EditForm key={connection.id} connection={connection} /> : link ? <MemberView integration={integration} /> : <ConfigureForm />}
    </>
  );
}

/** A person who is linked to somebody else's connection: the workspace and "Unlink", no credentials. */
function MemberView({ integration: { connection, link } }: { integration: Integration }) {
  return (
    <div className="narrow">
      <Section title={texts.cloud.account}>
        <p>{texts.cloud.memberIntro}</p>
        {connection && <UnlinkRow site={connection.site} asOwner={false} />}
        {link && <Facts items={[{ name: texts.integrations.yourAccount, value: <>{texts.integrations.linkedSince(link.jiraDisplayName)} <Moment at={link.linkedAt} justNow={texts.common.justNow} /></> }]} />}
      </Section>
    </div>
  );
}
