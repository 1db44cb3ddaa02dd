import { EmptyBlock, LoadingBlock } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { StaleNotice } from '../../app/stale-notice.js';
import { texts } from '../../texts.js';
import { meQuery } from '../sign-in/me.js';
import { IntegrationCard } from './integration-card.js';
import { integrationsQuery, inUse, shownTo } from './integrations.js';

// Below the cards, and not needed to see them.
const loadReadiness = () => import('./readiness.js');
const Readiness = lazy(async () => ({ default: (await loadReadiness()).Readiness }));

/** Settings, Integrations: one card per product, then whether the person can ask for work. */
export function IntegrationsPage() {
  const integrations = useQuery(integrationsQuery);
  const me = useQuery(meQuery);
  const isAdmin = me.data?.isAdmin ?? false;
  const shown = integrations.data && shownTo(isAdmin, integrations.data.items);
  const used = inUse(shown ?? []);
  // On its way while the integrations are.
  useEffect(() => void loadReadiness(), []);

  return (
    <>
      <PageHead title={texts.integrations.title} intro={texts.integrations.intro} />
      {integrations.isPending && <LoadingBlock label={texts.common.loading} />}
      {integrations.isError && !shown && <LoadFailure query={integrations} />}
      <StaleNotice query={integrations} />
      {shown?.length === 0 && <EmptyBlock title={texts.integrations.none}>{texts.integrations.noneText}</EmptyBlock>}
      {shown && shown.length > 0 && <div className="cards">{shown.map((integration) => <IntegrationCard key={integration.product} integration={integration} isAdmin={isAdmin} />)}</div>}
      {used.length > 0 && me.data && <Suspense fallback={<LoadingBlock label={texts.common.loading} />}><Readiness me={me.data} used={used} /></Suspense>}
    </>
  );
}
