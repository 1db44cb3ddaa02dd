import type { Integration } from '@openhands-jira/contracts';
import { Arrival, LoadingBlock, Notice, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { StaleNotice } from '../../app/stale-notice.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { integrationsQuery, toneOf, wordOf } from '../integrations/integrations.js';
import { ReasonsNotice } from '../integrations/reasons-notice.js';
import { ConnectionPeople } from '../people/connection-people.js';
import { RulesLink } from '../rules/rules-link.js';
import { TryLink } from '../try/try-link.js';
import { meQuery } from '../sign-in/me.js';
import { OwnAccount } from './own-account.js';
import { type News, useNews } from './use-news.js';
import { WebhookPart } from './webhook-part.js';

/** Settings, Integrations, Jira Data Center: the own account, and for the person who sets it up the webhook. */
export function JiraDataCenterPage() {
  const integrations = useQuery(integrationsQuery);
  const integration = integrations.data?.items.find(({ product }) => product === 'jira-data-center');

  return (
    <>
      <p><Link className="back-link" to="/settings/integrations">{texts.common.toList}</Link></p>
      <PageHead title={t.title} aside={integration && <StatusBadge tone={toneOf(integration)} icon={integration.state === 'paused' ? 'pause' : undefined}>{wordOf(integration)}</StatusBadge>} />
      {integrations.isPending && <LoadingBlock label={texts.common.loading} />}
      {integrations.isError && !integration && <LoadFailure query={integrations} />}
      <StaleNotice query={integrations} />
      {integration && <DataCenterView integration={integration} />}
    </>
  );
}

function DataCenterView({ integration }: { integration: Integration }) {
  const { news, turn, tell } = useNews();
  const isAvailable = integration.state !== 'disabled' && integration.state !== 'not_configured';
  return (
    <>
      {news && <Arrival key={turn}><NewsNotice news={news} /></Arrival>}
      {isAvailable ? (
        <>
          {integration.state === 'degraded' && <ReasonsNotice integration={integration} />}
          <OwnAccount integration={integration} tell={tell} />
          <WebhookPart integration={integration} tell={tell} />
          <RulesLink integration={integration} />
          <TryLink integration={integration} />
          <ConnectionPeople integration={integration} />
        </>
      ) : <NotAvailable integration={integration} />}
    </>
  );
}

function NewsNotice({ news: { tone, title, texts: sentences = [] } }: { news: News }) {
  return <Notice tone={tone} title={title} role="status">{sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}</Notice>;
}

/** Members read whom to ask; administrators what is missing, with the way there. */
function NotAvailable({ integration }: { integration: Integration }) {
  const isAdmin = useQuery(meQuery).data?.isAdmin ?? false;
  return (
    <>
      <ReasonsNotice integration={integration} />
      {isAdmin && <p><Link to="/settings/installation">{t.openSettings}</Link></p>}
    </>
  );
}
