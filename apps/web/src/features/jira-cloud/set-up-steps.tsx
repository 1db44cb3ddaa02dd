import { CopyField, ExternalLink, Section } from '@openhands-jira/ui';
import { texts } from '../../texts.js';

/** The events that the guide names; more are welcome and come from the server once the connection exists. */
const NEEDED_EVENTS = ['jira:issue_updated', 'comment_created'];

/** Where Jira Cloud keeps its webhooks. */
export function webhooksPage(site: string): string {
  return `https://${site}/plugins/servlet/webhooks`;
}

/** The address that every Jira Cloud webhook may call, before a connection has its own. */
function sharedWebhookUrl(): string {
  return `${window.location.origin}/integration/jira/events`;
}

/** Beside the form: how to get each value, step by step, with what has to be pasted in Jira. */
export function SetUpSteps({ site }: { site: string | null }) {
  const t = texts.cloud;
  return (
    <Section title={t.stepsTitle}>
      <h3 className="how-to-title">{t.stepAccount}</h3>
      <ol className="how-to">{t.accountSteps.map((step) => <li key={step}>{step}</li>)}</ol>
      <p><ExternalLink href="https://admin.atlassian.com/" newTab={texts.common.newTab}>{t.openAdmin}</ExternalLink></p>
      <h3 className="how-to-title">{t.stepWebhook}</h3>
      <WebhookSteps adminPage={site && webhooksPage(site)} url={sharedWebhookUrl()} sharedUrl={null} events={NEEDED_EVENTS} />
    </Section>
  );
}

export interface WebhookStepsProps {
  /** Jira's own page for webhooks, when the site is known. */
  adminPage: string | null;
  url: string;
  sharedUrl: string | null;
  events: string[];
}

/** What to do in Jira so that it calls us. */
export function WebhookSteps({ adminPage, url, sharedUrl, events }: WebhookStepsProps) {
  const t = texts.cloud;
  return (
    <>
      <ol className="how-to">{t.webhookSteps.map((step) => <li key={step}>{step}</li>)}</ol>
      <p>{adminPage ? <ExternalLink href={adminPage} newTab={texts.common.newTab}>{t.openWebhooks}</ExternalLink> : <span className="ui-muted">{t.openWebhooksLater}</span>}</p>
      <CopyField label={t.webhookUrl} value={url} texts={texts.common.copy} />
      {sharedUrl && <CopyField label={t.sharedUrl} description={t.sharedUrlHelp} value={sharedUrl} texts={texts.common.copy} />}
      <div>
        <p className="ui-label">{t.events}</p>
        <ul className="event-list">
          {events.map((event) => <li key={event}>{t.eventNames[event] ?? event} <span className="ui-muted">(<code>{event}</code>)</span></li>)}
        </ul>
      </div>
    </>
  );
}
