import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_TITLES, type ProblemCode } from '@openhands-jira/contracts';

/** The HTTP status that each code is answered with. */
const STATUSES: Record<ProblemCode, number> = {
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_owner: 403,
  origin_mismatch: 403,
  not_found: 404,
  product_disabled: 404,
  method_not_allowed: 405,
  conflict: 409,
  email_not_found: 409,
  managed_by_environment: 409,
  payload_gone: 409,
  not_cancellable: 409,
  not_retryable: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  agent_rejected_key: 422,
  jira_rejected_credentials: 422,
  jira_missing_permission: 422,
  jira_not_admin: 422,
  webhook_api_missing: 422,
  webhook_not_signed: 422,
  too_many_requests: 429,
  internal_error: 500,
  agent_unreachable: 502,
  jira_unreachable: 502,
  jira_unexpected_answer: 502,
  tls_untrusted: 502,
  unavailable: 503,
};

/** One answer of the OpenAPI document. */
interface ProblemAnswer {
  description: string;
  content: Record<string, { schema: { $ref: string } }>;
}

/** The answers of a route that carry these codes, by status, for the OpenAPI document. */
export function problemAnswers(codes: ProblemCode[]): Record<number, ProblemAnswer> {
  const answers: Record<number, ProblemAnswer> = {};
  for (const status of new Set(codes.map((code) => STATUSES[code]))) {
    const meanings = codes.filter((code) => STATUSES[code] === status).map((code) => `\`${code}\` (${PROBLEM_TITLES[code]})`);
    answers[status] = { description: meanings.join(', '), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  }
  return answers;
}

/**
 * Names the problems that a route can answer with, for the OpenAPI document. Those of every closed route
 * (`unauthenticated`, `origin_mismatch`) need not be named.
 */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...Object.entries(problemAnswers(codes)).map(([status, answer]) => ApiResponse({ status: Number(status), ...answer })));
}
