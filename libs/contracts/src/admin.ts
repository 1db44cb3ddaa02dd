/** What installation administrators see and set: Jira Data Center, trusted certificates, and who changed them. */
import { z } from 'zod';
import { page, Time, Uuid } from './paging.js';
import { PastedSecret } from './sign-in.js';

/** Where a value comes from: the environment (read-only here), or the administration. */
export const ManagedBy = z.enum(['app', 'environment']).meta({ id: 'ManagedBy' });
export type ManagedBy = z.infer<typeof ManagedBy>;

/** Each setting of Jira Data Center, with the variable that sets it from the environment. */
export const DATA_CENTER_VARIABLES = {
  enabled: 'JIRA_DC_ENABLED',
  linkMethod: 'JIRA_DC_LINK_METHOD',
  baseUrl: 'JIRA_DC_BASE_URL',
  serviceAccountEmail: 'JIRA_DC_SERVICE_ACCOUNT_EMAIL',
  serviceAccountPat: 'JIRA_DC_SERVICE_ACCOUNT_PAT',
  serviceAccountPatName: 'JIRA_DC_SERVICE_ACCOUNT_PAT_NAME',
  oauthClientId: 'JIRA_DC_CLIENT_ID',
  oauthClientSecret: 'JIRA_DC_CLIENT_SECRET',
} as const;
export type DataCenterField = keyof typeof DATA_CENTER_VARIABLES;
export const DATA_CENTER_FIELDS = Object.keys(DATA_CENTER_VARIABLES) as [DataCenterField, ...DataCenterField[]];

const DataCenterFieldName = z.enum(DATA_CENTER_FIELDS);

/** How people are linked: by proving their Jira account, or by their e-mail address. */
export const LinkMethod = z.enum(['oauth', 'email'], { error: 'Choose oauth (recommended) or email.' });
export type LinkMethod = z.infer<typeof LinkMethod>;

/** The settings as they are shown: secrets only say whether they are set. */
export const DataCenterConfiguration = z
  .object({
    enabled: z.boolean(),
    linkMethod: LinkMethod,
    baseUrl: z.string().nullable(),
    serviceAccountEmail: z.string().nullable(),
    serviceAccountPatSet: z.boolean(),
    /** How the token is called in Jira: needed to read its end when the account has several. */
    serviceAccountPatName: z.string().nullable(),
    /** When the token ends, as Jira told it last; null when it does not end, or Jira does not tell. */
    serviceAccountPatExpiresAt: Time.nullable(),
    oauthClientId: z.string().nullable(),
    oauthClientSecretSet: z.boolean(),
    /** To copy into the incoming application link in Jira. */
    callbackUrl: z.string(),
    managedBy: z.record(DataCenterFieldName, ManagedBy),
    /** What is still needed before people can use it. */
    missing: z.array(DataCenterFieldName),
    /** People whose links belong to the present base URL; another one makes them meaningless. */
    linkedPeople: z.number().int(),
  })
  .meta({ id: 'DataCenterConfiguration' });
export type DataCenterConfiguration = z.infer<typeof DataCenterConfiguration>;

const SCHEME_NEEDED = 'The base URL must include the scheme. Enter, for example, https://jira.example.com and not only jira.example.com.';
/** Scheme, host name or address, port, context path. */
const ADDRESS = /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(\/[^\s\\]*)?$/i;

/** What is wrong with a base URL, or null. Whether `http` will do is judged by the server, which knows the exceptions. */
function baseUrlMistake(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return SCHEME_NEEDED;
  if (/^[^/]*\/\/[^/]*@/.test(text)) return 'Leave out the user name and password in front of the host. The service account has its own fields.';
  if (/[?#]/.test(text)) return 'End the address before the "?" or "#". Port and context path may stay, for example https://jira.example.com:8443/jira.';
  if (!ADDRESS.test(text)) return 'This is not an address. Enter, for example, https://jira.example.com or https://jira.example.com:8443/jira.';
  return null;
}

/** Scheme and host in lower case, port and context path as they are, no slash at the end. */
function normalBaseUrl(text: string): string {
  const [, scheme = '', host = '', port = '', path = ''] = ADDRESS.exec(text) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${port && `:${port}`}${path.replace(/\/+$/, '')}`;
}

/** A base URL: port and context path are kept, the final slash is dropped. */
export const DataCenterBaseUrl = z
  .string()
  .trim()
  .max(500, 'At most 500 characters.')
  .transform((text, context) => {
    const mistake = baseUrlMistake(text);
    if (mistake === null) return normalBaseUrl(text);
    context.addIssue({ code: 'custom', message: mistake });
    return z.NEVER;
  });

/** A field of the form: null removes the value; what an empty text means is said by `empty`. */
const field = <Empty extends null | undefined>(schema: z.ZodType<string>, empty: Empty) =>
  z
    .string({ error: 'Send a text.' })
    .nullable()
    .transform((text, context) => {
      if (text === null) return null;
      if (text.trim() === '') return empty;
      const read = schema.safeParse(text);
      if (read.success) return read.data;
      for (const issue of read.error.issues) context.addIssue({ code: 'custom', message: issue.message });
      return z.NEVER;
    })
    .optional();

const ServiceAccountEmail = z.string().trim().pipe(z.email({ error: 'This is not an e-mail address, for example openhands-bot@company.com.' }).max(254, 'At most 254 characters.'));

/**
 * Changes; what is absent stays as it is. An empty secret is kept, because the form never knows the former one; null removes it.
 */
export const UpdateDataCenterConfiguration = z
  .object({
    enabled: z.boolean({ error: 'Send true or false.' }).optional(),
    linkMethod: LinkMethod.optional(),
    baseUrl: field(DataCenterBaseUrl, null),
    serviceAccountEmail: field(ServiceAccountEmail, null),
    serviceAccountPat: field(PastedSecret, undefined),
    serviceAccountPatName: field(z.string().trim().max(255, 'At most 255 characters.'), null),
    oauthClientId: field(PastedSecret, null),
    oauthClientSecret: field(PastedSecret, undefined),
  })
  .meta({ id: 'UpdateDataCenterConfiguration' });
export type UpdateDataCenterConfiguration = z.infer<typeof UpdateDataCenterConfiguration>;

/** The checks of the test call, in the order in which they are made. */
export const DATA_CENTER_CHECKS = ['settings', 'dns', 'tcp', 'tls', 'version', 'service_account', 'oauth_client'] as const;

/** One check: what was found, and what to do about it. */
export const ConnectionCheck = z
  .object({
    check: z.enum(DATA_CENTER_CHECKS), ok: z.boolean(), detail: z.string(), hint: z.string(),
    /** How long trying it took, in milliseconds; absent where nothing outside was asked. */
    tookMs: z.number().int().optional(),
  })
  .meta({ id: 'ConnectionCheck' });
export type ConnectionCheck = z.infer<typeof ConnectionCheck>;

/** The checks that were made. The list ends at the first one that leaves nothing to check behind it. */
export const ConnectionTest = z.object({ items: z.array(ConnectionCheck) }).meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** One additional trusted certificate. */
export const TrustedCertificate = z
  .object({
    subject: z.string(),
    issuer: z.string(),
    notAfter: Time,
    /** SHA-256, pairs of hexadecimal digits with colons. */
    fingerprint: z.string(),
    /** False: it is the certificate of a server. It is trusted too, but only for that server. */
    isCa: z.boolean(),
  })
  .meta({ id: 'TrustedCertificate' });
export type TrustedCertificate = z.infer<typeof TrustedCertificate>;

export const TrustedCertificateList = z.object({ items: z.array(TrustedCertificate), managedBy: ManagedBy }).meta({ id: 'TrustedCertificateList' });
export type TrustedCertificateList = z.infer<typeof TrustedCertificateList>;

/** For replacing all, where an empty text removes them, and for adding some. */
export const UpdateTrustedCertificates = z
  .object({ pem: z.string({ error: 'Send the certificates as one PEM text.' }).max(500_000, 'This is longer than any list of certificates. Paste only the certificates that are needed.') })
  .meta({ id: 'UpdateTrustedCertificates' });
export type UpdateTrustedCertificates = z.infer<typeof UpdateTrustedCertificates>;

/**
 * What was changed: the settings of the installation, or a connection by its owner or an administrator. `connection_changed`
 * is an edit; `connection_ended` is an unlink for everybody or a removal; `connection_handed_over` gives it another owner.
 * Of `connection_rules_changed` each line is one rule. `delegation_opened` stands in the name of whoever made the link for a Jira
 * administrator; the secret that it showed is new.
 */
export const AUDITED = [
  'jira_data_center_changed',
  'certificates_changed',
  'connection_configured',
  'connection_changed',
  'connection_reactivated',
  'connection_paused',
  'connection_resumed',
  'connection_ended',
  'connection_handed_over',
  'connection_rules_changed',
  'webhook_installed',
  'webhook_details_generated',
  'webhook_confirmed',
  'webhook_secret_replaced',
  'delegation_made',
  'delegation_opened',
  'delegation_withdrawn',
  'link_ended',
  'deliveries_run_again',
] as const;

/** One change of the set-up. */
export const AuditEntry = z
  .object({
    id: Uuid,
    at: Time,
    /** Name of the person, or "administrator token". */
    who: z.string(),
    userId: Uuid.nullable(),
    what: z.enum(AUDITED),
    /** What it was before and is now; of a secret only that it was set or removed. The first line about a connection is its site, with its status. */
    changes: z.array(z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = page(AuditEntry).meta({ id: 'AuditPage' });
