/** Signing in, and the caller. */
import { z } from 'zod';
import { Uuid } from './paging.js';
import { GitProviderId } from './products.js';

/** One git provider that people can sign in with. */
export const SignInProvider = z.object({ id: GitProviderId, name: z.string(), signInUrl: z.string() }).meta({ id: 'SignInProvider' });
export type SignInProvider = z.infer<typeof SignInProvider>;

export const Identity = z
  .object({
    provider: GitProviderId,
    host: z.string(),
    login: z.string(),
    /** `expired`: the provider no longer accepts the authorisation, so the person has to sign in there again before work starts. */
    state: z.enum(['active', 'expired']),
  })
  .meta({ id: 'Identity' });
export type Identity = z.infer<typeof Identity>;

/** The signed-in caller. */
export const Me = z
  .object({
    id: Uuid,
    name: z.string(),
    email: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    isAdmin: z.boolean(),
    identities: z.array(Identity),
    /** Whether the caller has an own OpenHands key, and whether the installation has one that is used without it. */
    agent: z.object({ apiKeySet: z.boolean(), installationKeySet: z.boolean() }),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** A secret that people paste: ends trimmed, no white space inside. */
export const PastedSecret = z
  .string()
  .trim()
  .min(1, 'Paste the value.')
  .max(1024, 'This is longer than any token. Paste only the value itself.')
  .regex(/^\S+$/, 'There is a blank inside. Paste the value again, without line breaks.');

/** Sets or removes the caller's own OpenHands key. */
export const SetAgentKey = z.object({ apiKey: PastedSecret.nullable() }).meta({ id: 'SetAgentKey' });
export type SetAgentKey = z.infer<typeof SetAgentKey>;

/** Whether the caller has an own OpenHands key; the key itself is never shown. */
export const AgentKeyState = z.object({ apiKeySet: z.boolean() }).meta({ id: 'AgentKeyState' });
export type AgentKeyState = z.infer<typeof AgentKeyState>;
