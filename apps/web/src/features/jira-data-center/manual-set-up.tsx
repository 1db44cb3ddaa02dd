import type { Connection, Integration, WebhookDetails } from '@openhands-jira/contracts';
import { Arrival, Button, CopyField, ExternalLink, Moment, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { delegationTexts } from '../../texts-of-delegations.js';
import { texts } from '../../texts.js';
import { AskAdministrator } from '../delegations/ask-administrator.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { meQuery } from '../sign-in/me.js';
import { confirmWebhook, generateDetails, webhooksPage } from './data-center.js';
import type { Tell } from './use-news.js';
import { WebhookFailure } from './webhook-failure.js';

export interface ManualSetUpProps {
  integration: Integration;
  /** The details that were generated on this page, with the secret. */
  details: WebhookDetails | null;
  onDetails: (details: WebhookDetails) => void;
  onDone: Tell;
}

/** "Set it up in Jira myself": details to enter there, shown once, then the confirmation. It can be left and finished later. */
export function ManualSetUp({ integration, details, onDetails, onDone }: ManualSetUpProps) {
  const waits = integration.connection?.status === 'pending' && integration.connection.webhook.mode === 'manual';
  const generate = useGenerate(onDetails);
  return (
    <div className="ui-stack">
      {details && <Arrival><DetailsToEnter key={details.secret} details={details} siteUrl={integration.connection?.siteUrl ?? integration.siteUrl} /></Arrival>}
      {waits && !details && (
        <Notice tone="warning" title={t.waitingDetails}>
          <p>{t.waitingDetailsText}</p>
          <CopyField label={t.url} value={integration.connection!.webhook.url} texts={texts.common.copy} />
        </Notice>
      )}
      {generate.failure && <WebhookFailure failure={generate.failure} />}
      {!details && <LinkFirst integration={integration} />}
      {(details || waits) && <Confirm onDone={onDone} />}
      <div className="ui-row">
        <Button variant={details || waits ? 'default' : 'filled'} loading={generate.pending} onClick={() => void generate.run()}>{details || waits ? t.generateAgain : t.generate}</Button>
        <span className="ui-muted">{details || waits ? t.generateAgainHelp : t.generateHelp}</span>
      </div>
      {isBegun(integration.connection) ? <AskAdministrator connectionId={integration.connection.id} waitsForConfirmation={waits} /> : <p className="ui-muted">{delegationTexts.generateFirst}</p>}
    </div>
  );
}

/** From then on there is a webhook that somebody else can be asked for. */
function isBegun(connection: Connection | null): connection is Connection {
  return connection !== null && connection.webhook.mode !== null;
}

function useGenerate(onDetails: (details: WebhookDetails) => void) {
  const generate = useAction(generateDetails);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await generate.run();
    if (!result.ok) return;
    onDetails(result.value);
    announce(t.detailsGenerated);
    // The connection exists now, if it did not before.
    await queries.invalidateQueries({ queryKey: integrationsQuery.queryKey });
  }
  return { ...generate, run };
}

/** Whoever sets the webhook up by hand proves first that they belong to this Jira. */
function LinkFirst({ integration: { connection, link } }: { integration: Integration }) {
  const me = useQuery(meQuery).data;
  if (link || me?.isAdmin || connection?.ownedByCaller) return null;
  return <p className="ui-muted">{t.linkFirst}</p>;
}

function DetailsToEnter({ details, siteUrl }: { details: WebhookDetails; siteUrl: string | null }) {
  return (
    <div className="ui-stack">
      <h3 className="how-to-title">{t.details}</h3>
      <Notice tone="warning">{t.once}</Notice>
      <ol className="how-to">{t.steps.map((step) => <li key={step}>{step}</li>)}</ol>
      {siteUrl && <p><ExternalLink href={webhooksPage(siteUrl)} newTab={texts.common.newTab}>{t.openWebhooks}</ExternalLink></p>}
      <CopyField label={t.url} value={details.webhookUrl} texts={texts.common.copy} />
      <CopyField label={t.secret} value={details.secret} texts={texts.common.copy} />
      {details.previousSecretUntil && <p className="ui-muted">{t.previousUntil} <Moment at={details.previousSecretUntil} justNow={texts.common.justNow} />.</p>}
      <div>
        <p className="ui-label">{t.events}</p>
        <ul className="event-list">
          {details.events.map((event) => <li key={event}>{cloudTexts.eventNames[event] ?? event} <span className="ui-muted">(<code>{event}</code>)</span></li>)}
        </ul>
      </div>
    </div>
  );
}

function Confirm({ onDone }: { onDone: Tell }) {
  const confirm = useAction(confirmWebhook);

  async function run(): Promise<void> {
    const result = await confirm.run();
    if (result.ok) await onDone({ tone: 'good', title: t.confirmed, texts: [t.confirmedText] });
  }

  return (
    <>
      {confirm.failure && <Notice tone="bad" role="alert">{confirm.failure.message}</Notice>}
      <div><Button loading={confirm.pending} onClick={() => void run()}>{t.confirm}</Button></div>
    </>
  );
}
