/** What the form of the Jira Data Center settings holds, and how it differs from what is saved. Rules only. */
import { DATA_CENTER_FIELDS, type DataCenterConfiguration, type DataCenterField, type LinkMethod, UpdateDataCenterConfiguration } from '@openhands-jira/contracts';
import { checkWith, type FieldErrors } from '../../lib/form-problems.js';
import { installationTexts as t } from '../../texts-of-installation.js';

export interface SettingsValues {
  enabled: boolean;
  linkMethod: LinkMethod;
  baseUrl: string;
  serviceAccountEmail: string;
  serviceAccountPat: string;
  serviceAccountPatName: string;
  oauthClientId: string;
  oauthClientSecret: string;
}

const SECRETS_SET = { serviceAccountPat: 'serviceAccountPatSet', oauthClientSecret: 'oauthClientSecretSet' } as const;

/** As the form shows what is saved: secrets are empty, and empty means keep. */
export function savedValues({ enabled, linkMethod, baseUrl, serviceAccountEmail, serviceAccountPatName, oauthClientId }: DataCenterConfiguration): SettingsValues {
  const account = { serviceAccountEmail: serviceAccountEmail ?? '', serviceAccountPat: '', serviceAccountPatName: serviceAccountPatName ?? '' };
  return { enabled, linkMethod, baseUrl: baseUrl ?? '', ...account, oauthClientId: oauthClientId ?? '', oauthClientSecret: '' };
}

/** Only what differs from what is saved. What the environment decides is never sent. */
export function changesOf(settings: DataCenterConfiguration, now: SettingsValues): UpdateDataCenterConfiguration {
  const before = savedValues(settings);
  const changed = DATA_CENTER_FIELDS.filter((field) => settings.managedBy[field] === 'app' && now[field] !== before[field]);
  return Object.fromEntries(changed.map((field) => [field, now[field]]));
}

/** The form of each value, and while the integration is enabled everything that it needs. */
export function checkSettings(settings: DataCenterConfiguration, now: SettingsValues): FieldErrors {
  const wrong = checkWith(UpdateDataCenterConfiguration, changesOf(settings, now));
  const missing = now.enabled ? neededFields(now.linkMethod).filter((field) => !isGiven(settings, now, field)) : [];
  return { ...Object.fromEntries(missing.map((field) => [field, t.needed(t.labels[field])])), ...wrong };
}

/** Every call needs the base URL and the service account; OAuth needs the client, too. */
export function neededFields(linkMethod: LinkMethod): DataCenterField[] {
  const always: DataCenterField[] = ['baseUrl', 'serviceAccountEmail', 'serviceAccountPat'];
  return linkMethod === 'oauth' ? [...always, 'oauthClientId', 'oauthClientSecret'] : always;
}

function isGiven(settings: DataCenterConfiguration, now: SettingsValues, field: DataCenterField): boolean {
  if (String(now[field]).trim() !== '') return true;
  return field in SECRETS_SET && settings[SECRETS_SET[field as keyof typeof SECRETS_SET]];
}

/** True when the links of people would lose their server: another base URL than the saved one is typed. */
export function losesLinks({ baseUrl, linkedPeople }: DataCenterConfiguration, now: SettingsValues): boolean {
  return baseUrl !== null && linkedPeople > 0 && now.baseUrl.trim() !== '' && now.baseUrl.trim().replace(/\/+$/, '') !== baseUrl;
}
