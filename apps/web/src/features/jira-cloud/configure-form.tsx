import { TextInput } from '@mantine/core';
import { CreateWorkspace } from '@openhands-jira/contracts';
import { Button, ErrorSummary, Notice, Section, useAnnounce } from '@openhands-jira/ui';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { FieldHint } from '../../app/field-hint.js';
import { useLeave } from '../../lib/leave.js';
import { useAction } from '../../lib/use-action.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { CredentialFields, fieldId } from './credential-fields.js';
import { proposedExpiry } from './expiry-date.js';
import { SetUpSteps } from './set-up-steps.js';
import { readSiteName, siteOf } from './site-name.js';
import { useAccountCheck } from './use-account-check.js';
import { checkNewWorkspace, toNewWorkspace, useWorkspaceForm, type WorkspaceValues } from './use-workspace-form.js';
import { beginLink, createWorkspace, isConnected } from './workspaces.js';

/** What became of "Connect": off to the consent page, or more has to be entered. */
type Connected = { next: 'consent'; url: string } | { next: 'credentials' };

const EMPTY: WorkspaceValues = { site: '', webhookSecret: '', serviceAccountEmail: '', serviceAccountApiToken: '', serviceAccountTokenExpiresAt: '', active: true };

/**
 * Workspace name, then "Connect". A workspace that the team has connected already leads straight to the consent; for a
 * new one the form grows by the credentials.
 */
export function ConfigureForm({ webhookUrl }: { webhookUrl: string }) {
  const [newSite, setNewSite] = useState<string | null>(null);
  const [initial] = useState(() => ({ ...EMPTY, serviceAccountTokenExpiresAt: proposedExpiry(new Date()) }));
  const workspace = useWorkspaceForm(initial, newSite === null ? checkSite : checkNewWorkspace);
  const connect = useAction(newSite === null ? connectOrAsk : connectNew);
  const { leaving, leaveFor } = useLeave();
  const secretField = useFocusWhenGrown(newSite);
  const { form } = workspace;
  const check = useAccountCheck(form, newSite && siteOf(form.values.site), true);
  const t = cloudTexts;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!workspace.ready()) return;
    const result = await connect.run(form.values);
    if (!result.ok) return workspace.showFailure(result.failure);
    if (result.value.next === 'consent') leaveFor(result.value.url);
    else setNewSite(siteOf(form.values.site));
  }

  return (
    <div className={newSite === null ? 'narrow' : 'two-columns'}>
      <Section title={texts.integrations.configure}>
        <form noValidate className="ui-stack" onBlur={workspace.leaveField} onSubmit={(event) => void submit(event)}>
          <ErrorSummaryOrNothing problems={workspace.summary} />
          <SiteField workspace={workspace} />
          {newSite !== null && (
            <>
              <Notice tone="neutral" title={t.notConnectedYet(newSite)}>{t.notConnectedYetText}</Notice>
              <CredentialFields form={form} check={check} firstField={secretField} />
            </>
          )}
          {workspace.problem && <Notice tone="bad" role="alert">{workspace.problem}</Notice>}
          <div className={newSite === null ? 'ui-row' : 'form-foot'}>
            <Button type="submit" loading={connect.pending || leaving}>{t.connect}</Button>
            {leaving && <span role="status">{t.leaving}</span>}
          </div>
          {newSite === null && !leaving && <BeforeConnect />}
        </form>
      </Section>
      {newSite !== null && <SetUpSteps site={newSite} webhookUrl={webhookUrl} />}
    </div>
  );
}

function checkSite({ site }: WorkspaceValues): Record<string, string> {
  const read = CreateWorkspace.shape.site.safeParse(site);
  return read.success ? {} : { site: read.error.issues[0]!.message };
}

async function connectOrAsk({ site: typed }: WorkspaceValues): Promise<Connected> {
  const site = siteOf(typed);
  return (await isConnected(site)) ? { next: 'consent', url: await beginLink(site) } : { next: 'credentials' };
}

/** Looks again, because a colleague may have connected the workspace meanwhile. */
async function connectNew(values: WorkspaceValues): Promise<Connected> {
  const found = await connectOrAsk(values);
  if (found.next === 'consent') return found;
  return { next: 'consent', url: await createWorkspace(CreateWorkspace.parse(toNewWorkspace(values, siteOf(values.site)))) };
}

/** What "Connect" leads to, for those who join and for the first one. */
function BeforeConnect() {
  return (
    <div className="ui-muted before-connect">
      <p>{cloudTexts.connectIntro}</p>
      <p>{cloudTexts.connectFirst}</p>
    </div>
  );
}

function SiteField({ workspace: { form } }: { workspace: ReturnType<typeof useWorkspaceForm> }) {
  const t = cloudTexts;
  const read = readSiteName(form.values.site);
  return (
    <div>
      <TextInput id={fieldId('site')} label={t.workspace} description={t.workspaceHelp} required autoComplete="off" autoCapitalize="off" spellCheck={false} {...form.getInputProps('site')} />
      <div aria-live="polite">
        {read.kind === 'site' && <FieldHint>{t.understood(read.host)}</FieldHint>}
        {read.kind === 'unusual' && !form.errors['site'] && <FieldHint tone="warning">{t.unusualHost(read.host)}</FieldHint>}
      </div>
    </div>
  );
}

/** The new fields are announced, and the focus moves to the first of them. */
function useFocusWhenGrown(newSite: string | null) {
  const field = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  useEffect(() => {
    if (newSite === null) return;
    announce(cloudTexts.grown(newSite));
    field.current?.focus();
  }, [announce, newSite]);
  return field;
}

function ErrorSummaryOrNothing({ problems }: { problems: ReturnType<typeof useWorkspaceForm>['summary'] }) {
  return problems.length > 0 ? <ErrorSummary title={texts.common.checkFields} problems={problems} /> : null;
}
