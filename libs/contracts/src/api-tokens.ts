/** API tokens: the caller's own keys to the API. */
import { z } from 'zod';
import { page, Time, Uuid } from './paging.js';

export const ApiToken = z
  .object({ id: Uuid, name: z.string(), createdAt: Time, expiresAt: Time.nullable(), lastUsedAt: Time.nullable() })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof ApiToken>;

export const ApiTokenPage = page(ApiToken).meta({ id: 'ApiTokenPage' });

const DAYS = 'Enter a whole number of days, from 1 to 3650, or leave it out for a token without an end.';

export const CreateApiToken = z
  .object({
    name: z.string().trim().min(1, 'Give the token a name.').max(100, 'At most 100 characters.'),
    expiresInDays: z.number({ error: DAYS }).int(DAYS).min(1, DAYS).max(3650, DAYS).optional(),
  })
  .meta({ id: 'CreateApiToken' });
export type CreateApiToken = z.infer<typeof CreateApiToken>;

/** The token itself is in this answer only, once. */
export const CreatedApiToken = z.object({ id: Uuid, name: z.string(), token: z.string() }).meta({ id: 'CreatedApiToken' });
export type CreatedApiToken = z.infer<typeof CreatedApiToken>;
