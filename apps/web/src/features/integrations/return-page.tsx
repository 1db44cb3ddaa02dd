import { Button } from '@mantine/core';
import { OAuthResult, Product } from '@openhands-jira/contracts';
import { Notice, type Tone } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import { PageHead } from '../../app/page-head.js';
import { texts } from '../../texts.js';
import { FirstDelivery } from './first-delivery.js';
import { integrationsQuery } from './integrations.js';

const TONES: Record<OAuthResult, Tone> = {
  linked: 'good', configured: 'good', denied: 'warning', expired: 'warning', wrong_site: 'bad', conflict: 'bad', failed: 'bad',
};

/** Where a consent at Jira ends. The address brings only words that we know; anything else is not shown. */
export function ReturnPage() {
  const [query] = useSearchParams();
  const result = OAuthResult.safeParse(query.get('result')).data ?? null;
  const product = Product.safeParse(query.get('product')).data ?? 'jira-cloud';
  useFreshIntegrations();
  if (!result) return <UnknownReturn />;

  const { title, text } = (product === 'jira-data-center' ? texts.dataCenterResults[result] : undefined) ?? texts.oauthResults[result];
  const because = texts.returned.codes[query.get('code') ?? ''];
  const done = TONES[result] === 'good';
  return (
    <>
      <PageHead title={texts.products[product]} />
      <Notice tone={TONES[result]} title={title} role={done ? 'status' : 'alert'}>
        {because && <p>{because}</p>}
        <p>{text}</p>
        <div className="ui-row">
          {!done && <Button component={Link} to={`/settings/integrations/${product}`}>{texts.returned.again}</Button>}
          <Button component={Link} to="/settings/integrations" variant={done ? 'filled' : 'default'}>{texts.returned.toList}</Button>
          {done && product === 'jira-data-center' && <Link to="/settings/integrations/jira-data-center">{texts.returned.toDataCenter}</Link>}
        </div>
      </Notice>
      {result === 'configured' && <AfterConfiguring product={product} />}
    </>
  );
}

function UnknownReturn() {
  return (
    <>
      <PageHead title={texts.returned.unknown} intro={texts.returned.unknownText} />
      <div><Button component={Link} to="/settings/integrations">{texts.returned.toList}</Button></div>
    </>
  );
}

function AfterConfiguring({ product }: { product: Product }) {
  const integrations = useQuery(integrationsQuery);
  const connection = integrations.data?.items.find((one) => one.product === product)?.connection;
  return connection?.status === 'active' ? <FirstDelivery connection={connection} /> : null;
}

/** What was known before the visit to Jira is old now. */
function useFreshIntegrations(): void {
  const queries = useQueryClient();
  useEffect(() => void queries.invalidateQueries({ queryKey: integrationsQuery.queryKey }), [queries]);
}
