/** Connecting and linking Jira Cloud. */
import { z } from 'zod';
import { Uuid } from './paging.js';
import { PastedSecret } from './sign-in.js';

const SiteName = z.string().trim().min(1, 'Enter your workspace name, for example yourcompany.atlassian.net.').max(500, 'At most 500 characters.');
const WebhookSecret = z
  .string()
  .trim()
  .min(1, 'Paste the webhook secret.')
  .max(512, 'At most 512 characters.')
  .regex(/^\S+$/, 'There is a blank inside. Paste the secret again, without line breaks.');
const Email = z.email({ error: 'This is not an e-mail address, for example openhands@yourcompany.com.' }).max(254, 'At most 254 characters.');
const FutureTime = z.iso.datetime({ error: 'This is not a date.' });

/** What is wrong with the end of a token, or null: it must lie ahead. Whoever asks brings the time, because the server has a clock of its own. */
export function tokenEndMistake(end: string | null | undefined, now: Date): string | null {
  const isAhead = !end || Date.parse(end) > now.getTime();
  return isAhead ? null : 'Enter a day in the future, at most 365 days from the day on which the token was made, or leave the field empty.';
}

/** Everything needed to connect a site that nobody has connected yet. */
export const CreateWorkspace = z
  .object({
    site: SiteName,
    webhookSecret: WebhookSecret,
    serviceAccountEmail: Email,
    serviceAccountApiToken: PastedSecret,
    serviceAccountTokenExpiresAt: FutureTime.nullable().optional(),
    active: z.boolean().default(true),
  })
  .meta({ id: 'CreateWorkspace' });
export type CreateWorkspace = z.infer<typeof CreateWorkspace>;

/** What the owner changes; what is absent stays as it is. A `site` may be sent along, but it cannot become another. */
export const UpdateWorkspace = z
  .object({
    site: SiteName.optional(),
    webhookSecret: WebhookSecret.optional(),
    serviceAccountEmail: Email.optional(),
    serviceAccountApiToken: PastedSecret.optional(),
    serviceAccountTokenExpiresAt: FutureTime.nullable().optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'UpdateWorkspace' });
export type UpdateWorkspace = z.infer<typeof UpdateWorkspace>;

/** A service account that is tried while its form is being filled in. */
export const CheckServiceAccount = CreateWorkspace.pick({ site: true, serviceAccountEmail: true, serviceAccountApiToken: true }).meta({ id: 'CheckServiceAccount' });
export type CheckServiceAccount = z.infer<typeof CheckServiceAccount>;

/** What was tried, in order, up to the first check that said no; that one belongs to a field of the form. The token is never in it. */
export const ServiceAccountCheck = z
  .object({
    ok: z.boolean(),
    items: z.array(z.object({ check: z.string(), ok: z.boolean(), detail: z.string(), hint: z.string(), /** In milliseconds. */ tookMs: z.number().int().optional() })),
    failure: z.object({ path: z.enum(['site', 'serviceAccountEmail', 'serviceAccountApiToken']), message: z.string() }).nullable(),
  })
  .meta({ id: 'ServiceAccountCheck' });
export type ServiceAccountCheck = z.infer<typeof ServiceAccountCheck>;

export const Workspace = z.object({ site: z.string(), status: z.literal('active') }).meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof Workspace>;

/** Where the browser goes next: the consent page. */
export const AuthorizationRedirect = z.object({ authorizationUrl: z.string() }).meta({ id: 'AuthorizationRedirect' });
export type AuthorizationRedirect = z.infer<typeof AuthorizationRedirect>;

export const WorkspaceCreated = z.object({ authorizationUrl: z.string(), connectionId: Uuid }).meta({ id: 'WorkspaceCreated' });
export type WorkspaceCreated = z.infer<typeof WorkspaceCreated>;
