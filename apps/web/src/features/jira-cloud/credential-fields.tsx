import { Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Button, CopyButton, SecretInput, useAnnounce } from '@openhands-jira/ui';
import type { ReactNode, RefObject } from 'react';
import { FieldHint } from '../../app/field-hint.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { AccountCheck } from './account-check.js';
import type { AccountCheckState } from './use-account-check.js';
import { generateWebhookSecret } from './webhook-secret.js';

/** What the credentials form holds while somebody types. */
export interface Credentials {
  webhookSecret: string;
  serviceAccountEmail: string;
  serviceAccountApiToken: string;
  /** As a date field writes it: `2027-11-22`, or empty. */
  serviceAccountTokenExpiresAt: string;
  active: boolean;
}

export const CREDENTIAL_LABELS = {
  webhookSecret: cloudTexts.webhookSecret,
  serviceAccountEmail: cloudTexts.email,
  serviceAccountApiToken: cloudTexts.apiKey,
  serviceAccountTokenExpiresAt: cloudTexts.expiry,
  active: cloudTexts.active,
} as const;

/** The id of a field's element, for summaries and for moving the focus. */
export const fieldId = (name: string): string => `cloud-${name}`;

/** A secret shorter than this gets a friendly warning. */
const SHORT_SECRET = 16;

export interface CredentialFieldsProps {
  form: UseFormReturnType<Credentials & { site: string }>;
  /** A note below each saved value in the edit view; without them the fields are required. */
  saved?: { webhookSecret: ReactNode; account: ReactNode };
  /** How the service account was found, or null when the installation manages it: then its fields are not shown. */
  check: AccountCheckState | null;
  firstField?: RefObject<HTMLInputElement | null>;
}

/** The fields of the guide's "additional credentials", with the guide's labels. */
export function CredentialFields({ form, saved, check, firstField }: CredentialFieldsProps) {
  const t = cloudTexts;
  return (
    <>
      <WebhookSecretField form={form} required={saved === undefined} firstField={firstField} note={saved?.webhookSecret} />
      {check && <AccountFields form={form} saved={saved?.account} check={check} />}
      <div>
        {/* Mantine would make a description part of the name. */}
        <Switch id={fieldId('active')} label={t.active} aria-describedby={fieldId('active-about')} {...form.getInputProps('active', { type: 'checkbox' })} />
        <FieldHint id={fieldId('active-about')}>{t.activeHelp}</FieldHint>
      </div>
    </>
  );
}

/** The service account, and what Jira says about it. */
function AccountFields({ form, saved, check }: { form: CredentialFieldsProps['form']; saved: ReactNode; check: AccountCheckState }) {
  const t = cloudTexts;
  const isNewToken = saved !== undefined && form.values.serviceAccountApiToken !== '';
  return (
    <>
      <TextInput id={fieldId('serviceAccountEmail')} label={t.email} description={t.emailHelp} required={saved === undefined} type="email" autoComplete="off" spellCheck={false} {...form.getInputProps('serviceAccountEmail')} />
      <div>
        <SecretInput id={fieldId('serviceAccountApiToken')} label={t.apiKey} description={t.apiKeyHelp} placeholder={saved === undefined ? undefined : t.keep} required={saved === undefined} revealLabel={`${t.apiKey}: ${texts.common.reveal}`} {...form.getInputProps('serviceAccountApiToken')} />
        {saved !== undefined && <FieldHint>{saved}</FieldHint>}
      </div>
      <AccountCheck state={check} />
      <div>
        <TextInput id={fieldId('serviceAccountTokenExpiresAt')} label={t.expiry} description={t.expiryHelp} type="date" {...form.getInputProps('serviceAccountTokenExpiresAt')} />
        {isNewToken && !form.isDirty('serviceAccountTokenExpiresAt') && <FieldHint tone="warning">{t.expiryOfNewToken}</FieldHint>}
      </div>
    </>
  );
}

function WebhookSecretField({ form, required, firstField, note }: { form: CredentialFieldsProps['form']; required: boolean; firstField?: RefObject<HTMLInputElement | null>; note?: ReactNode }) {
  const t = cloudTexts;
  const announce = useAnnounce();
  const secret = form.values.webhookSecret.trim();

  function generate(): void {
    form.setFieldValue('webhookSecret', generateWebhookSecret());
    form.clearFieldError('webhookSecret');
    announce(t.generated);
  }

  return (
    <div>
      <SecretInput id={fieldId('webhookSecret')} ref={firstField} label={t.webhookSecret} description={t.webhookSecretHelp} placeholder={required ? undefined : t.keep} required={required} revealLabel={`${t.webhookSecret}: ${texts.common.reveal}`} {...form.getInputProps('webhookSecret')} />
      {secret !== '' && secret.length < SHORT_SECRET && <FieldHint tone="warning">{t.shortSecret}</FieldHint>}
      <div className="ui-row field-hint">
        <Button variant="default" size="xs" onClick={generate}>{t.generate}</Button>
        {secret !== '' && <CopyButton small value={secret} name={t.secretName} texts={texts.common.copy} />}
      </div>
      {note && <FieldHint>{note}</FieldHint>}
    </div>
  );
}
