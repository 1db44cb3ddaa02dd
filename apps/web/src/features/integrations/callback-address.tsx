import { CopyField, Notice } from '@openhands-jira/ui';
import { checkTexts as t } from '../../texts-of-checks.js';
import { texts } from '../../texts.js';

/**
 * Where people come back to from the consent page, to compare it with what is registered there. The cookie of a round trip belongs to the
 * address in the browser: who opens this service at another one than the callback leads to comes back as a stranger.
 */
export function CallbackAddress({ url }: { url: string }) {
  const { origin } = new URL(url);
  const here = window.location.origin;
  return (
    <>
      <CopyField label={t.callback} description={t.callbackHelp} value={url} texts={texts.common.copy} />
      {origin !== here && <Notice tone="warning" title={t.otherOrigin}>{t.otherOriginText(here, origin)}</Notice>}
    </>
  );
}
