/** Errors that cross HTTP: `application/problem+json` (RFC 9457) with a stable code. */
import { z } from 'zod';

/** Every code that an error answer can carry, with its title. */
export const PROBLEM_TITLES = {
  validation_failed: 'Some values need attention',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  not_owner: 'Only the owner can do this',
  not_found: 'Not found',
  conflict: 'Conflict',
  method_not_allowed: 'Method not allowed',
  payload_too_large: 'Too large',
  unsupported_media_type: 'Unsupported content type',
  too_many_requests: 'Too many requests',
  origin_mismatch: 'Wrong origin',
  product_disabled: 'Not available here',
  jira_unreachable: 'Jira cannot be reached',
  jira_rejected_credentials: 'Jira refused the credentials',
  jira_missing_permission: 'A permission in Jira is missing',
  jira_not_admin: 'Not a Jira administrator',
  jira_unexpected_answer: 'Unexpected answer from Jira',
  tls_untrusted: 'Certificate not trusted',
  webhook_api_missing: 'No webhook API',
  webhook_not_signed: 'Deliveries cannot be signed',
  email_not_found: 'No matching e-mail address',
  managed_by_environment: 'Set by the environment',
  payload_gone: 'The payload is no longer kept',
  agent_rejected_key: 'The agent refused the key',
  agent_unreachable: 'The agent cannot be reached',
  not_cancellable: 'Nothing to cancel',
  not_retryable: 'Nothing to retry',
  unavailable: 'Not available at the moment',
  internal_error: 'Something went wrong on our side',
} as const;

export type ProblemCode = keyof typeof PROBLEM_TITLES;

/** The body of an error answer. */
export const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(PROBLEM_TITLES) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof ProblemBody>;
