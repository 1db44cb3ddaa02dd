/** What operators and load balancers ask. */
import { z } from 'zod';

/** The answer of `/healthz` and `/readyz` when all is well. */
export const HealthAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'HealthAnswer' });
export type HealthAnswer = z.infer<typeof HealthAnswer>;
