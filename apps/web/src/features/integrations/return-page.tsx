import { OAuthResult, OAuthReturnCode, Product } from '@openhands-jira/contracts';
import { buttonLook, LoadingBlock, Notice, type Tone } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import * as codeTexts from '../../texts-of-codes.js';
import { returnTexts } from '../../texts-of-return.js';
import { texts } from '../../texts.js';
import { AfterConfiguring } from './after-configuring.js';
import { HowToAsk } from './how-to-ask.js';
import { integrationsQuery, useFreshIntegrations } from './integrations.js';

const TONES: Record<OAuthResult, Tone> = {
  linked: 'good', configured: 'good', denied: 'warning', expired: 'warning', wrong_site: 'bad', conflict: 'bad', failed: 'bad',
};

/** Where a consent at Jira ends. The address brings only words that we know; anything else is not shown. */
export function ReturnPage() {
  const [query] = useSearch();
  const result = OAuthResult.safeParse(query.get('result')).data ?? null;
  const code = OAuthReturnCode.safeParse(query.get('code')).data ?? null;
  const product = Product.safeParse(query.get('product')).data ?? 'jira-cloud';
  useFreshIntegrations();
  if (!result) return <UnknownReturn />;
  return (
    <>
      <PageHead title={texts.products[product]} />
      <Result product={product} result={result} code={code} />
      {result === 'configured' && <Configured product={product} />}
    </>
  );
}

function Result({ product, result, code }: { product: Product; result: OAuthResult; code: OAuthReturnCode | null }) {
  const { title, text } = (product === 'jira-data-center' ? codeTexts.dataCenterResults[result] : undefined) ?? codeTexts.oauthResults[result];
  const because = code && returnTexts.codes[code];
  const done = TONES[result] === 'good';
  return (
    <Notice tone={TONES[result]} title={title} role={done ? 'status' : 'alert'}>
      {because && <p>{because}</p>}
      <p>{text}</p>
      {result === 'linked' && <p><HowToAsk /></p>}
      <div className="ui-row">
        {!done && <Link {...buttonLook()} to={`/settings/integrations/${product}`}>{returnTexts.again}</Link>}
        <Link {...buttonLook({ variant: result === 'linked' ? 'filled' : 'default' })} to="/settings/integrations">{texts.common.toList}</Link>
        {done && product === 'jira-data-center' && <Link to="/settings/integrations/jira-data-center">{returnTexts.toDataCenter}</Link>}
      </div>
    </Notice>
  );
}

function UnknownReturn() {
  return (
    <>
      <PageHead title={returnTexts.unknown} intro={returnTexts.unknownText} />
      <div><Link {...buttonLook()} to="/settings/integrations">{texts.common.toList}</Link></div>
    </>
  );
}

/** What is left to do goes by what the server knows now, not by the address. */
function Configured({ product }: { product: Product }) {
  const integrations = useQuery(integrationsQuery);
  const integration = integrations.data?.items.find((one) => one.product === product);
  if (integrations.isPending) return <LoadingBlock label={texts.common.loading} />;
  if (!integration) return integrations.isError ? <LoadFailure query={integrations} /> : null;
  return <AfterConfiguring integration={integration} />;
}
