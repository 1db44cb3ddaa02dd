import { Switch } from '@mantine/core';
import { DATA_CENTER_FIELDS, type DataCenterConfiguration } from '@openhands-jira/contracts';
import { Button, ChoiceGroup, CopyField, ErrorSummary, Notice, Section } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { FieldHint } from '../../app/field-hint.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { ConnectionTest } from './connection-test.js';
import { EnvironmentValue, SecretField, TextField } from './setting-fields.js';
import { losesLinks } from './settings-values.js';
import { fieldId, type SettingsForm, useSettingsForm } from './use-settings-form.js';

const METHODS = (['oauth', 'email'] as const).map((value) => ({ value, ...t.methods[value] }));

/** The settings of Jira Data Center. What the environment decides is read-only, with the name of its variable. */
export function DataCenterForm({ settings }: { settings: DataCenterConfiguration }) {
  const edited = useSettingsForm(settings);
  const canSave = DATA_CENTER_FIELDS.some((field) => settings.managedBy[field] === 'app');
  return (
    <>
      <Section title={t.dataCenter}>
        <p className="ui-muted">{t.dataCenterIntro}</p>
        <form noValidate className="ui-stack" onBlur={edited.leaveField} onSubmit={(event) => void edited.submit(event)}>
          {edited.summary.length > 0 && <ErrorSummary title={texts.common.checkFields} problems={edited.summary} />}
          <Enabled settings={settings} edited={edited} />
          <Method settings={settings} edited={edited} />
          <BaseUrl settings={settings} edited={edited} />
          <TextField name="serviceAccountEmail" type="email" help={t.emailHelp} settings={settings} edited={edited} />
          <SecretField name="serviceAccountPat" isSet={settings.serviceAccountPatSet} help={t.patHelp} settings={settings} edited={edited} />
          <TextField name="serviceAccountPatName" help={t.patNameHelp} settings={settings} edited={edited} />
          <FieldHint>{t.patEnds(settings.serviceAccountPatExpiresAt?.slice(0, 10) ?? null)}</FieldHint>
          {edited.form.values.linkMethod === 'oauth' && <OAuthClient settings={settings} edited={edited} />}
          {edited.problem && <Notice tone="bad" role="alert">{edited.problem}</Notice>}
          {edited.said && <Notice tone={edited.said === t.saved ? 'good' : 'neutral'} role="status">{edited.said}</Notice>}
          {canSave
            ? <div className="form-foot"><Button type="submit" loading={edited.pending}>{t.save}</Button>{settings.enabled && settings.missing.length === 0 && <Link to="/settings/integrations/jira-data-center">{t.next}</Link>}</div>
            : <Notice tone="neutral">{t.allFromEnvironment}</Notice>}
        </form>
      </Section>
      <ConnectionTest hasChanges={edited.hasChanges} />
    </>
  );
}

interface PartProps {
  settings: DataCenterConfiguration;
  edited: SettingsForm;
}

function Enabled({ settings, edited: { form } }: PartProps) {
  if (settings.managedBy.enabled === 'environment') return <EnvironmentValue name="enabled" value={settings.enabled ? t.on : t.off} />;
  return (
    <div>
      <Switch id={fieldId('enabled')} label={t.labels.enabled} aria-describedby={fieldId('enabled-about')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
      <FieldHint id={fieldId('enabled-about')}>{t.enabledHelp}</FieldHint>
    </div>
  );
}

function Method({ settings, edited: { form } }: PartProps) {
  if (settings.managedBy.linkMethod === 'environment') return <EnvironmentValue name="linkMethod" value={t.methods[settings.linkMethod].label} />;
  return <ChoiceGroup id={fieldId('linkMethod')} label={t.labels.linkMethod} choices={METHODS} value={form.values.linkMethod} onChange={(method) => form.setFieldValue('linkMethod', method)} />;
}

/** Another server makes the links of people meaningless: how many is said before it is saved. */
function BaseUrl({ settings, edited }: PartProps) {
  return (
    <div>
      <TextField name="baseUrl" help={t.baseUrlHelp} settings={settings} edited={edited} />
      <div aria-live="polite">{losesLinks(settings, edited.form.values) && <FieldHint tone="warning">{t.linkedPeople(settings.linkedPeople)}</FieldHint>}</div>
    </div>
  );
}

function OAuthClient({ settings, edited }: PartProps) {
  return (
    <>
      <h3 className="how-to-title">{t.client}</h3>
      <ol className="how-to">{t.clientSteps.map((step) => <li key={step}>{step}</li>)}</ol>
      <CopyField label={t.callback} description={t.callbackHelp} value={settings.callbackUrl} texts={texts.common.copy} />
      <TextField name="oauthClientId" settings={settings} edited={edited} />
      <SecretField name="oauthClientSecret" isSet={settings.oauthClientSecretSet} settings={settings} edited={edited} />
    </>
  );
}
