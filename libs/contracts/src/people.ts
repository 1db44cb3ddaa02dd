/** People and the Jira accounts that they are linked to, for those who look after a connection and for installation administrators. */
import { z } from 'zod';
import { page, PageQuery, Time, Uuid } from './paging.js';
import { Product } from './products.js';

/** One link of a person. */
export const PersonLink = z
  .object({
    /** Of the link. */
    id: Uuid,
    person: z.object({ id: Uuid, name: z.string() }),
    connectionId: Uuid,
    product: Product,
    site: z.string(),
    jiraDisplayName: z.string(),
    jiraAccountId: z.string(),
    /** How it was proven. */
    method: z.enum(['oauth', 'email']),
    /** `expired`: Jira no longer accepts the person's authorisation. */
    state: z.enum(['active', 'expired']),
    linkedAt: Time,
    /** The person looks after this connection. Ending the link leaves the connection as it is. */
    ownsConnection: z.boolean(),
  })
  .meta({ id: 'PersonLink' });
export type PersonLink = z.infer<typeof PersonLink>;

export const PersonLinkQuery = PageQuery.extend({
  /** Part of the person's name, of the name in Jira or of the Jira account's id. */
  search: z.string().trim().max(255).optional(),
});
export type PersonLinkQuery = z.infer<typeof PersonLinkQuery>;

export const PersonLinkPage = page(PersonLink).meta({ id: 'PersonLinkPage' });

/** Somebody who signed in here, as administrators find them. */
export const KnownPerson = z
  .object({
    id: Uuid,
    name: z.string(),
    email: z.string().nullable(),
    lastSignedInAt: Time.nullable(),
  })
  .meta({ id: 'KnownPerson' });
export type KnownPerson = z.infer<typeof KnownPerson>;

export const KnownPersonQuery = PageQuery.extend({
  /** Part of the name or of the e-mail address. */
  search: z.string().trim().max(255).optional(),
  /** Only people who are linked on this connection. */
  linkedOn: Uuid.optional(),
});
export type KnownPersonQuery = z.infer<typeof KnownPersonQuery>;

export const KnownPersonPage = page(KnownPerson).meta({ id: 'KnownPersonPage' });
