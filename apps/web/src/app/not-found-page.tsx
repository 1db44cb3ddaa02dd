import { Link } from '../lib/router.js';
import { texts } from '../texts.js';
import { PageHead } from './page-head.js';

/** For addresses that name nothing, and for things that are gone or somebody else's. */
export function NotFoundPage() {
  return (
    <>
      <PageHead title={texts.app.notFound} intro={texts.app.notFoundText} />
      <p><Link to="/settings/integrations">{texts.app.toIntegrations}</Link></p>
    </>
  );
}
