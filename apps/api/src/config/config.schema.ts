/**
 * Everything that is configured from the environment, one entry per key with a sentence of meaning.
 *
 * This list is the only source: the process reads it at start, and `.env.example` and the table in the documentation are
 * made from it.
 */
import { z } from 'zod';

/** How one key is read: its schema, its default as people read it, and what it means. */
export interface ConfigKey {
  key: string;
  schema: z.ZodType;
  /** The default as the documentation shows it. */
  shown: string;
  meaning: string;
  secret?: boolean;
}

const text = z.string().trim().min(1, 'must not be empty');
const optionalText = text.optional();
const secret = text.optional();

const address = z.string().trim().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must be an address with its scheme, for example https://openhands.example.com' });
    return z.NEVER;
  }
  return value.replace(/\/+$/, '');
});

const wholeNumber = (min: number, max: number) =>
  z.coerce.number({ error: 'must be a whole number' }).int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

const list = z.string().transform((value) => value.split(',').map((item) => item.trim()).filter(Boolean));

const emails = list.pipe(z.array(z.email({ error: 'must be e-mail addresses, separated by commas' })));

const encryptionKeys = list.pipe(
  z.array(
    z.string().regex(/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/, {
      error: 'must be id:base64-of-32-bytes, several separated by commas; make one with: echo "k1:$(openssl rand -base64 32)"',
    }),
  ).min(1),
);

const headers = list.pipe(z.array(z.string().regex(/^[A-Za-z0-9-]+\s*=/, 'must be name=value, several separated by commas')))
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), decoded(pair.slice(pair.indexOf('=') + 1).trim())])));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const yesNo = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true');

/** The samplers of the OpenTelemetry specification. */
const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;

export const CONFIG_KEYS = {
  PORT: { schema: wholeNumber(1, 65535).default(3000), shown: '3000', meaning: 'HTTP port.' },
  PUBLIC_URL: { schema: address.optional(), shown: 'http://localhost:<PORT>', meaning: 'The address that people and Jira use. Callback and webhook URLs are built from it.' },
  DATABASE_URL: {
    schema: text.regex(/^postgres(ql)?:\/\//, 'must begin with postgres://').optional(),
    shown: 'none', secret: true,
    meaning: 'PostgreSQL 15 or later. Without it an embedded PostgreSQL is started in DATA_DIR.',
  },
  DATA_DIR: { schema: text.default('.data'), shown: '.data', meaning: 'Folder of the embedded database and of generated keys.' },
  ENCRYPTION_KEYS: {
    schema: encryptionKeys.optional(), shown: 'generated into DATA_DIR with the embedded database; required with DATABASE_URL', secret: true,
    meaning: 'id:base64-of-32-bytes[,id:...]. The first key encrypts, all decrypt, so keys can be rotated.',
  },
  TRUSTED_PROXY_HOPS: { schema: wholeNumber(0, 10).default(0), shown: '0', meaning: 'How many reverse proxies stand in front of the service. Their X-Forwarded-For is believed, nobody else\'s.' },
  PROCESS_ROLE: { schema: z.enum(['all', 'api', 'worker'], { error: 'must be all, api or worker' }).default('all'), shown: 'all', meaning: 'api, worker or all: what this process does. Replicas share the one database.' },
  ADMIN_EMAILS: { schema: emails.default([]), shown: 'empty', meaning: 'Verified e-mail addresses whose users are installation administrators, separated by commas.' },
  ADMIN_API_TOKEN: { schema: z.string().min(32, 'must have at least 32 characters').optional(), shown: 'none', secret: true, meaning: 'Bearer token that acts as an administrator, at least 32 characters.' },
  GITHUB_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'OAuth app for sign-in with GitHub.' },
  GITHUB_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  GITHUB_URL: { schema: address.default('https://github.com'), shown: 'https://github.com', meaning: 'GitHub, or GitHub Enterprise by its address.' },
  GITHUB_API_URL: { schema: address.default('https://api.github.com'), shown: 'https://api.github.com', meaning: 'Its API; on GitHub Enterprise https://<host>/api/v3.' },
  GITLAB_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'OAuth application for sign-in with GitLab.' },
  GITLAB_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  GITLAB_URL: { schema: address.default('https://gitlab.com'), shown: 'https://gitlab.com', meaning: 'GitLab, or a self-managed GitLab by its address.' },
  GITLAB_CONFIRMS_ADDRESSES: {
    schema: yesNo.default(false), shown: 'false',
    meaning: 'true says that a self-managed GitLab lets nobody use an e-mail address before its owner has confirmed it. Without it no address from there makes an administrator or matches anybody in Jira; gitlab.com always confirms.',
  },
  BITBUCKET_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'OAuth consumer for sign-in with Bitbucket Cloud.' },
  BITBUCKET_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  BITBUCKET_URL: { schema: address.default('https://bitbucket.org'), shown: 'https://bitbucket.org', meaning: 'Bitbucket Cloud.' },
  BITBUCKET_API_URL: { schema: address.default('https://api.bitbucket.org'), shown: 'https://api.bitbucket.org', meaning: 'Its API.' },
  BITBUCKET_DC_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'OAuth client for sign-in with Bitbucket Data Center.' },
  BITBUCKET_DC_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  BITBUCKET_DC_URL: { schema: address.optional(), shown: 'none', meaning: 'Address of Bitbucket Data Center, with its context path.' },
  JIRA_CLOUD_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'The Atlassian OAuth 2.0 (3LO) app. Without it Jira Cloud is disabled.' },
  JIRA_CLOUD_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  ATLASSIAN_AUTH_URL: { schema: address.default('https://auth.atlassian.com'), shown: 'https://auth.atlassian.com', meaning: 'Changed only for other Atlassian clouds and stand-ins.' },
  ATLASSIAN_API_URL: { schema: address.default('https://api.atlassian.com'), shown: 'https://api.atlassian.com', meaning: 'Changed only for other Atlassian clouds and stand-ins.' },
  ATLASSIAN_SITE_URL: { schema: text.default('https://{site}'), shown: 'https://{site}', meaning: 'How a site is reached; {site} stands for its host. Changed only for stand-ins.' },
  JIRA_CLOUD_SITE_SUFFIXES: { schema: list.default(['atlassian.net']), shown: 'atlassian.net', meaning: 'Host endings of the sites that may be connected, separated by commas.' },
  JIRA_DC_ENABLED: { schema: yesNo.optional(), shown: 'none', meaning: 'Jira Data Center on or off. Set here, this and the following values are read-only in the admin page.' },
  JIRA_DC_LINK_METHOD: { schema: z.enum(['oauth', 'email'], { error: 'must be oauth or email' }).optional(), shown: 'none', meaning: 'How people are linked: oauth (recommended) or email.' },
  JIRA_DC_BASE_URL: { schema: address.optional(), shown: 'none', meaning: 'Base URL of Jira Data Center with its scheme, for example https://jira.example.com.' },
  JIRA_DC_CLIENT_ID: { schema: optionalText, shown: 'none', meaning: 'Client id of the incoming application link.' },
  JIRA_DC_CLIENT_SECRET: { schema: secret, shown: 'none', secret: true, meaning: 'Its secret.' },
  JIRA_DC_SERVICE_ACCOUNT_EMAIL: { schema: z.email({ error: 'must be an e-mail address' }).optional(), shown: 'none', meaning: 'E-mail address of the service account.' },
  JIRA_DC_SERVICE_ACCOUNT_PAT: { schema: secret, shown: 'none', secret: true, meaning: 'Personal access token of the service account.' },
  JIRA_DC_SERVICE_ACCOUNT_PAT_NAME: { schema: optionalText, shown: 'none', meaning: 'How that token is called in Jira. Needed to read its end when the service account has several tokens.' },
  TRUSTED_CA_CERTIFICATES: { schema: optionalText, shown: 'none', meaning: 'Path of a PEM file: trusted CAs on top of the system\'s.' },
  OUTBOUND_ALLOWED_HOSTS: { schema: list.default([]), shown: 'empty', meaning: 'Hosts or CIDRs in private address ranges that the service may call besides the configured ones; also Jira Data Center without https or on this very machine.' },
  TRIGGER_MENTION: { schema: z.string().regex(/^@[A-Za-z0-9][A-Za-z0-9_-]{1,38}$/, 'must be @ and 2 to 39 letters, digits, _ or -').default('@openhands'), shown: '@openhands', meaning: 'The word in a comment that starts a job.' },
  TRIGGER_LABEL: { schema: z.string().regex(/^\S{1,255}$/, 'must be 1 to 255 characters without blanks').default('openhands'), shown: 'openhands', meaning: 'The label that starts a job.' },
  OPENHANDS_URL: { schema: address.default('https://app.all-hands.dev'), shown: 'https://app.all-hands.dev', meaning: 'The agent: OpenHands Cloud or Enterprise, REST API v1.' },
  OPENHANDS_API_KEY: { schema: secret, shown: 'none', secret: true, meaning: 'Key of the installation; people may set their own.' },
  OPENHANDS_ORG_ID: { schema: z.uuid({ error: 'must be a UUID' }).optional(), shown: 'none', meaning: 'Organisation to work in, when the key is not bound to one.' },
  JOBS_MAX_RUNNING: { schema: wholeNumber(1, 10_000).default(50), shown: '50', meaning: 'Jobs that run at once; further ones wait.' },
  JOBS_MAX_RUNNING_PER_USER: { schema: wholeNumber(1, 1000).default(5), shown: '5', meaning: 'The same for one person.' },
  JOB_TIMEOUT_MINUTES: { schema: wholeNumber(1, 1440).default(120), shown: '120', meaning: 'A job that runs longer is ended.' },
  RETENTION_PAYLOAD_DAYS: { schema: wholeNumber(1, 3650).default(7), shown: '7', meaning: 'Days after which the payload of a delivery is removed, and what the agent was told of an ended job.' },
  RETENTION_PENDING_DAYS: { schema: wholeNumber(1, 3650).default(7), shown: '7', meaning: 'Days after which a connection that nobody finished setting up is removed, with its credentials.' },
  RETENTION_DELIVERY_DAYS: { schema: wholeNumber(1, 3650).default(90), shown: '90', meaning: 'Days after which a delivery is removed from the log.' },
  LOG_LEVEL: { schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'must be fatal, error, warn, info, debug, trace or silent' }).default('info'), shown: 'info', meaning: 'How much is logged. Secrets and payloads never are.' },
  LOG_FORMAT: { schema: z.enum(['json', 'pretty'], { error: 'must be json or pretty' }).optional(), shown: 'json (pretty on a terminal)', meaning: 'Form of the log.' },
  OTEL_EXPORTER_OTLP_ENDPOINT: { schema: address.optional(), shown: 'none', meaning: 'Collector of OpenTelemetry, by OTLP over HTTP. Set, each delivery leaves a trace there.' },
  OTEL_EXPORTER_OTLP_HEADERS: { schema: headers.default({}), shown: 'none', secret: true, meaning: 'Headers for the collector: name=value, several separated by commas.' },
  OTEL_SERVICE_NAME: { schema: text.default('openhands-jira'), shown: 'openhands-jira', meaning: 'Name of the service in traces.' },
  OTEL_TRACES_SAMPLER: { schema: z.enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` }).default('parentbased_always_on'), shown: 'parentbased_always_on', meaning: 'Which deliveries leave a trace; parentbased_traceidratio for a part of them.' },
  OTEL_TRACES_SAMPLER_ARG: { schema: z.coerce.number({ error: 'must be a number' }).min(0, 'must be at least 0').max(1, 'must be at most 1').default(1), shown: '1', meaning: 'The part, from 0 to 1, for the samplers that end in traceidratio.' },
} as const satisfies Record<string, Omit<ConfigKey, 'key'>>;

/** The environment as read by the schema above. */
export type Environment = { [K in keyof typeof CONFIG_KEYS]: z.output<(typeof CONFIG_KEYS)[K]['schema']> };
