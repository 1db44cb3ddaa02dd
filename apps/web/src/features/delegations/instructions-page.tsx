import type { WebhookInstructions } from '@openhands-jira/contracts';
import { Arrival, Button, CopyField, ExternalLink, Notice, Section } from '@openhands-jira/ui';
import { useEffect, useState } from 'react';
import { PageHead } from '../../app/page-head.js';
import { useAction } from '../../lib/use-action.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { delegationTexts } from '../../texts-of-delegations.js';
import { texts } from '../../texts.js';
import { openDelegation } from './delegations.js';

const t = delegationTexts.page;

/**
 * What a Jira administrator sees who got a link from somebody who sets up a connection: signed in here or not, the instructions
 * for Jira and nothing else. Opening the page shows nothing yet, because programs that look at links in messages open them too;
 * only the button uses the link up.
 */
export function InstructionsPage() {
  const token = useTokenOfAddress();
  const open = useAction(openDelegation);
  const [details, setDetails] = useState<WebhookInstructions | null>(null);

  async function show(): Promise<void> {
    const result = await open.run(token);
    if (result.ok) setDetails(result.value);
  }

  return (
    <div className="narrow ui-stack">
      <PageHead title={t.title} intro={t.intro} />
      {token === '' && <Notice tone="warning" title={t.noToken}><p>{t.noTokenText}</p></Notice>}
      {token !== '' && !details && (
        <Section title={t.show}>
          <p>{t.before}</p>
          {open.failure && <Notice tone="bad" role="alert">{open.failure.message}</Notice>}
          <div><Button loading={open.pending} onClick={() => void show()}>{t.show}</Button></div>
        </Section>
      )}
      {details && <Arrival><Details details={details} /></Arrival>}
    </div>
  );
}

/** What stands behind the `#`. It is taken out of the address at once, so that it stays in no history and in no picture of the window. */
function useTokenOfAddress(): string {
  const [token] = useState(() => window.location.hash.slice(1));
  useEffect(() => window.history.replaceState(window.history.state, '', window.location.pathname), []);
  return token;
}

function Details({ details: { askedBy, site, siteUrl, webhookUrl, secret, events } }: { details: WebhookInstructions }) {
  return (
    <Section title={askedBy === null ? t.forSite(site) : t.askedBy(askedBy, site)}>
      <Notice tone="warning">{t.stay}</Notice>
      <ol className="how-to">{t.steps.map((step) => <li key={step}>{step}</li>)}</ol>
      <p><ExternalLink href={`${siteUrl}/plugins/servlet/webhooks`} newTab={texts.common.newTab}>{cloudTexts.openWebhooks}</ExternalLink></p>
      <CopyField label={cloudTexts.webhookUrl} value={webhookUrl} texts={texts.common.copy} />
      <CopyField label={t.secret} value={secret} texts={texts.common.copy} />
      <div>
        <p className="ui-label">{cloudTexts.events}</p>
        <ul className="event-list">
          {events.map((event) => <li key={event}>{cloudTexts.eventNames[event] ?? event} <span className="ui-muted">(<code>{event}</code>)</span></li>)}
        </ul>
      </div>
    </Section>
  );
}
