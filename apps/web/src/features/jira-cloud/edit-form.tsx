import { type Connection, type Integration, UpdateWorkspace } from '@openhands-jira/contracts';
import { Button, CopyField, Day, ErrorSummary, isAhead, Moment, Notice, Section } from '@openhands-jira/ui';
import { type FormEvent, useState } from 'react';
import { useLeave } from '../../lib/leave.js';
import { useAction } from '../../lib/use-action.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { AskAdministrator } from '../delegations/ask-administrator.js';
import { FirstDelivery } from '../integrations/first-delivery.js';
import { ReasonsNotice } from '../integrations/reasons-notice.js';
import { Health } from '../integrations/health.js';
import { SigningSecrets } from '../integrations/signing-secrets.js';
import { CredentialFields } from './credential-fields.js';
import { expiryTime } from './expiry-date.js';
import { LinkOwnAccount } from './link-own-account.js';
import { UnlinkRow } from './unlink.js';
import { useAccountCheck } from './use-account-check.js';
import { checkChanges, useWorkspaceForm, type WorkspaceValues } from './use-workspace-form.js';
import { webhooksPage, WebhookSteps } from './webhook-steps.js';
import { updateWorkspace } from './workspaces.js';

/** The owner's view: everything that can be changed. Empty secret fields keep what is saved. */
export function EditForm({ integration, connection }: { integration: Integration; connection: Connection }) {
  const [initial] = useState(() => savedValues(connection));
  const workspace = useWorkspaceForm(initial, checkChanges);
  const update = useAction(updateWorkspace);
  const [unchanged, setUnchanged] = useState(false);
  const { leaving, leaveFor } = useLeave();
  const isPending = connection.status === 'pending';
  const check = useAccountCheck(workspace.form, connection.site, false);
  const t = cloudTexts;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!workspace.ready()) return;
    const changes = changesOf(initial, workspace.form.values);
    // A connection that still waits for its proof needs no change: the consent itself is what is missing.
    const nothing = Object.keys(changes).length === 0 && !isPending;
    setUnchanged(nothing);
    if (nothing) return;
    const result = await update.run(connection.id, changes);
    if (result.ok) leaveFor(result.value);
    else workspace.showFailure(result.failure);
  }

  return (
    <>
      <StateNotice integration={integration} status={connection.status} />
      {connection.status === 'active' && integration.capabilities.includes('link') && <LinkOwnAccount site={connection.site} />}
      <div className="two-columns">
        <Section title={t.credentials}>
          <UnlinkRow integration={integration} connection={connection} />
          <p className="ui-muted">{isPending ? t.pendingIntro : t.editIntro}</p>
          <form noValidate className="ui-stack" onBlur={workspace.leaveField} onSubmit={(event) => void submit(event)}>
            {workspace.summary.length > 0 && <ErrorSummary title={texts.common.checkFields} problems={workspace.summary} />}
            {connection.serviceAccount.managedBy === 'environment' && <Notice tone="neutral">{t.fromEnvironment}</Notice>}
            <CredentialFields form={workspace.form} check={connection.serviceAccount.managedBy === 'app' ? check : null} saved={savedNotes(connection)} />
            {workspace.problem && <Notice tone="bad" role="alert">{workspace.problem}</Notice>}
            {unchanged && <Notice tone="neutral" role="status">{t.nothingChanged}</Notice>}
            <div className="form-foot">
              <Button type="submit" loading={update.pending || leaving}>{isPending ? t.giveConsent : t.update}</Button>
              {leaving && <span role="status">{t.leaving}</span>}
            </div>
          </form>
        </Section>
        <div className="ui-stack">
          {connection.status === 'active' && <FirstDelivery integration={integration} connection={connection} />}
          <Webhook connection={connection} />
          <Health connectionId={connection.id} hasChanges={Object.keys(changesOf(initial, workspace.form.values)).length > 0} />
        </div>
      </div>
    </>
  );
}

/** How to create the webhook; out of the way once Jira has called. */
function Webhook({ connection }: { connection: Connection }) {
  const { id, site, status, webhook } = connection;
  const t = cloudTexts;
  const steps = <WebhookSteps adminPage={webhooksPage(site)} url={webhook.url} secret={t.secretKept} sharedUrl={webhook.sharedUrl} events={webhook.events} />;
  return (
    <Section title={t.stepWebhook}>
      <SigningSecrets connection={connection} />
      {webhook.lastDeliveryAt === null ? steps : (
        <>
          <CopyField label={t.webhookUrl} value={webhook.url} texts={texts.common.copy} />
          <details>
            <summary>{t.stepsAgain}</summary>
            <div className="ui-stack">{steps}</div>
          </details>
        </>
      )}
      {status === 'active' && <AskAdministrator connectionId={id} />}
    </Section>
  );
}

/** The contract knows paused as inactive; the integration's state tells them apart. */
function StateNotice({ integration, status }: { integration: Integration; status: Connection['status'] }) {
  if (status === 'pending') return <Notice tone="warning" title={cloudTexts.unfinishedTitle}><p>{cloudTexts.unfinished}</p></Notice>;
  if (status === 'inactive') return <Notice tone="warning">{integration.state === 'paused' ? cloudTexts.paused : cloudTexts.reactivate}</Notice>;
  return integration.state === 'degraded' ? <ReasonsNotice integration={integration} /> : null;
}

/** A pending connection was meant to become active; its switch says so. */
function savedValues({ site, status, serviceAccount }: Connection): WorkspaceValues {
  return {
    site,
    webhookSecret: '',
    serviceAccountEmail: serviceAccount.email,
    serviceAccountApiToken: '',
    serviceAccountTokenExpiresAt: serviceAccount.expiresAt?.slice(0, 10) ?? '',
    active: status !== 'inactive',
  };
}

/** Only what differs from what was shown. An empty text field keeps the saved value; an emptied date removes it. */
export function changesOf(before: WorkspaceValues, now: WorkspaceValues): UpdateWorkspace {
  return UpdateWorkspace.parse({
    ...(now.webhookSecret !== '' && { webhookSecret: now.webhookSecret }),
    ...(now.serviceAccountEmail !== '' && now.serviceAccountEmail !== before.serviceAccountEmail && { serviceAccountEmail: now.serviceAccountEmail }),
    ...(now.serviceAccountApiToken !== '' && { serviceAccountApiToken: now.serviceAccountApiToken }),
    ...(now.serviceAccountTokenExpiresAt !== before.serviceAccountTokenExpiresAt && { serviceAccountTokenExpiresAt: expiryTime(now.serviceAccountTokenExpiresAt) }),
    ...(now.active !== before.active && { active: now.active }),
  });
}

function savedNotes({ serviceAccount, webhook }: Connection) {
  const t = cloudTexts;
  const moment = (at: string | null, otherwise: string) => (at ? <Moment at={at} justNow={texts.common.justNow} /> : otherwise);
  return {
    webhookSecret: <>{t.secretSet}: {moment(webhook.secretSetAt, t.never)}. {isAhead(webhook.previousSecretUntil) ? <>{t.formerSecret} {moment(webhook.previousSecretUntil, t.never)}.</> : t.newSecretHint}</>,
    account: <>{t.savedOn}: {moment(serviceAccount.savedAt, t.never)}. {t.expiresOn}: {serviceAccount.expiresAt ? <Day at={serviceAccount.expiresAt} /> : t.noExpiry}</>,
  };
}
