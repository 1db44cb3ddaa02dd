/** People and the Jira accounts that they are linked to, for installation administrators. */
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
    /** The person set this connection up. Ending the link leaves the connection as it is. */
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
