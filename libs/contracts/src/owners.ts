/** Who looks after which connection, for installation administrators, and giving a connection another owner. */
import { z } from 'zod';
import { page, Uuid } from './paging.js';
import { Product } from './products.js';

/** A connection that took effect, or the one that serves the whole installation, with the people on it. */
export const OwnedConnection = z
  .object({
    id: Uuid,
    product: Product,
    site: z.string(),
    /** `pending`: the webhook is not confirmed yet. `inactive`: ended by its owner, who alone can bring it back. */
    status: z.enum(['pending', 'active', 'paused', 'inactive']),
    /** Null when nobody has become the owner yet, or the account of the former one was removed. */
    owner: z.object({ id: Uuid, name: z.string() }).nullable(),
    linkedPeople: z.number().int(),
  })
  .meta({ id: 'OwnedConnection' });
export type OwnedConnection = z.infer<typeof OwnedConnection>;

export const OwnedConnectionPage = page(OwnedConnection).meta({ id: 'OwnedConnectionPage' });

/** The new owner: the administrator's own id takes the connection over, another one hands it over. */
export const ChangeOwner = z.object({ userId: z.uuid({ error: 'Send the id of a person who signed in here.' }) }).meta({ id: 'ChangeOwner' });
export type ChangeOwner = z.infer<typeof ChangeOwner>;
