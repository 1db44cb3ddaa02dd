import { CopyField, ExternalLink } from '@openhands-jira/ui';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';

/** What the guide names; with these two, comments and labels are noticed. */
export const NEEDED_EVENTS = ['jira:issue_updated', 'comment_created'];

/** Where Jira Cloud keeps its webhooks. */
export function webhooksPage(site: string): string {
  return `https://${site}/plugins/servlet/webhooks`;
}

/** All that can be used: the needed ones first. */
export const USED_EVENTS = Object.keys(cloudTexts.eventNames);

export interface WebhookStepsProps {
  /** Jira's own page for webhooks. */
  adminPage: string;
  url: string;
  /** Where the secret is that Jira has to know, in words. */
  secret: string;
  /** A second address that works as well, for webhooks that exist already. */
  sharedUrl?: string | null;
  events: string[];
}

/** What to do in Jira so that it calls us, with each value beside its step. */
export function WebhookSteps({ adminPage, url, secret, sharedUrl = null, events }: WebhookStepsProps) {
  const t = cloudTexts;
  const more = events.filter((event) => !NEEDED_EVENTS.includes(event));
  return (
    <>
      <ol className="how-to">{t.webhookSteps(secret).map((step) => <li key={step}>{step}</li>)}</ol>
      <p><ExternalLink href={adminPage} newTab={texts.common.newTab}>{t.openWebhooks}</ExternalLink></p>
      <CopyField label={t.webhookUrl} value={url} texts={texts.common.copy} />
      <EventList label={t.events} events={NEEDED_EVENTS} />
      {more.length > 0 && <EventList label={t.moreEvents} help={t.moreEventsHelp} events={more} />}
      {sharedUrl && (
        <details>
          <summary>{t.sharedUrl}</summary>
          <CopyField label={t.sharedUrl} description={t.sharedUrlHelp} value={sharedUrl} texts={texts.common.copy} />
        </details>
      )}
    </>
  );
}

function EventList({ label, help, events }: { label: string; help?: string; events: string[] }) {
  return (
    <div>
      <p className="ui-label">{label}</p>
      {help && <p className="ui-description">{help}</p>}
      <ul className="event-list">
        {events.map((event) => <li key={event}>{cloudTexts.eventNames[event] ?? event} <span className="ui-muted">(<code>{event}</code>)</span></li>)}
      </ul>
    </div>
  );
}
