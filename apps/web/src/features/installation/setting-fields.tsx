import { TextInput } from '@mantine/core';
import { DATA_CENTER_VARIABLES, type DataCenterConfiguration, type DataCenterField } from '@openhands-jira/contracts';
import { SecretInput } from '@openhands-jira/ui';
import { FieldHint } from '../../app/field-hint.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { fieldId, type SettingsForm } from './use-settings-form.js';

interface FieldProps {
  help?: string;
  settings: DataCenterConfiguration;
  edited: SettingsForm;
}

/** A value that the environment decides: to be read, with the name of its variable. */
export function EnvironmentValue({ name, value }: { name: DataCenterField; value: string }) {
  return (
    <div>
      <TextInput id={fieldId(name)} label={t.labels[name]} value={value} readOnly aria-describedby={fieldId(`${name}-from`)} />
      <FieldHint id={fieldId(`${name}-from`)}>{t.fromEnvironment(DATA_CENTER_VARIABLES[name])}</FieldHint>
    </div>
  );
}

export function TextField({ name, type = 'text', help, settings, edited }: FieldProps & { name: 'baseUrl' | 'serviceAccountEmail' | 'serviceAccountPatName' | 'oauthClientId'; type?: 'text' | 'email' }) {
  if (settings.managedBy[name] === 'environment') return <EnvironmentValue name={name} value={settings[name] ?? t.notSet} />;
  return <TextInput id={fieldId(name)} label={t.labels[name]} description={help} type={type} autoComplete="off" autoCapitalize="off" spellCheck={false} {...edited.form.getInputProps(name)} />;
}

/** A saved secret says that it is set, and an empty field keeps it. */
export function SecretField({ name, isSet, help, settings, edited }: FieldProps & { name: 'serviceAccountPat' | 'oauthClientSecret'; isSet: boolean }) {
  if (settings.managedBy[name] === 'environment') return <EnvironmentValue name={name} value={isSet ? t.hidden : t.notSet} />;
  return (
    <div>
      <SecretInput id={fieldId(name)} label={t.labels[name]} description={help} placeholder={isSet ? t.keep : undefined} revealLabel={`${t.labels[name]}: ${texts.common.reveal}`} {...edited.form.getInputProps(name)} />
      {isSet && <FieldHint>{t.isSet}. {t.savedSecret}</FieldHint>}
    </div>
  );
}
