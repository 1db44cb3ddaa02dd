/** Jira accounts that asked and got nothing because nobody here is linked to them, for those who look after a connection and for administrators. */
import { z } from 'zod';
import { page, Time, Uuid } from './paging.js';
import { Product } from './products.js';

/** The refusals that end once the person has a link that holds. */
export const UNLINKED_REASONS = ['user_not_linked', 'user_no_account', 'user_email_hidden', 'user_link_ambiguous', 'user_link_expired'] as const;
export const UnlinkedReason = z.enum(UNLINKED_REASONS);
export type UnlinkedReason = z.infer<typeof UnlinkedReason>;

/**
 * How the account stood here at its latest request. `would_match`: its e-mail address is that of exactly one person here, so matching by address would
 * link it. `email_hidden`: Jira shows no address. `ambiguous`: an address leads to several accounts, or the person is linked to another one.
 * `no_account`: nobody here has the address. `link_ended`: its link has to be renewed. `not_linked`: no more is known.
 */
export const UnlinkedState = z.enum(['would_match', 'email_hidden', 'ambiguous', 'no_account', 'link_ended', 'not_linked']).meta({ id: 'UnlinkedState' });
export type UnlinkedState = z.infer<typeof UnlinkedState>;

/** One account on one connection. It never holds an e-mail address of somebody in Jira. */
export const UnlinkedAccount = z
  .object({
    connectionId: Uuid,
    product: Product,
    site: z.string(),
    jiraDisplayName: z.string(),
    jiraAccountId: z.string(),
    state: UnlinkedState,
    /** Why the latest request was refused. */
    reason: UnlinkedReason,
    /** The same in words, as the trace of that delivery has it. */
    detail: z.string(),
    /** How many requests were refused since this account was last linked, or since the log of deliveries reaches back. */
    lostRequests: z.number().int(),
    lastLostAt: Time,
    lastDeliveryId: Uuid,
  })
  .meta({ id: 'UnlinkedAccount' });
export type UnlinkedAccount = z.infer<typeof UnlinkedAccount>;

export const UnlinkedAccountPage = page(UnlinkedAccount).meta({ id: 'UnlinkedAccountPage' });
