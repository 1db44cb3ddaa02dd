import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { PROBLEM_TITLES, type ProblemBody, type ProblemCode } from '@openhands-jira/contracts';
import { JiraProblem } from '@openhands-jira/domain';
import type { FastifyReply } from 'fastify';

/** One wrong value: where it is in the body, and what a good value looks like. */
export interface FieldError {
  path: string;
  message: string;
}

/** An expected error of a request: it becomes an `application/problem+json` answer. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: ProblemCode,
    /** Shown to people: what happened, why, and what to do next. */
    readonly detail: string,
    readonly errors?: FieldError[],
    readonly retryAfterSeconds?: number,
  ) {
    super(detail, status);
  }

  body(): ProblemBody {
    return problemBody(this.getStatus(), this.code, this.detail, this.errors);
  }
}

/** "There is no such thing, or it is not yours": both get the same answer. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not_found', `There is no such ${what}, or it is not yours.`);
}

/** The RFC 9457 body for a code. */
export function problemBody(status: number, code: ProblemCode, detail: string, errors?: FieldError[]): ProblemBody {
  return { type: 'about:blank', title: PROBLEM_TITLES[code], status, code, detail, ...(errors && { errors }) };
}

/** Codes for errors that the framework raises itself. */
const FRAMEWORK_CODES: Record<number, [ProblemCode, string]> = {
  400: ['validation_failed', 'The request could not be read. Send a JSON object that fits the documentation at /api/docs.'],
  401: ['unauthenticated', 'Sign in, or send an API token as a bearer token.'],
  403: ['forbidden', 'You are not allowed to do this. Ask somebody who is, for example an administrator.'],
  404: ['not_found', 'There is nothing at this address. Check it; /api/docs lists all addresses.'],
  405: ['method_not_allowed', 'This address does not know this method. See /api/docs for those that it knows.'],
  413: ['payload_too_large', 'The request is larger than this address accepts. Send less at once.'],
  415: ['unsupported_media_type', 'Send JSON with the content type application/json.'],
  429: ['too_many_requests', 'Too many requests. Wait a minute and try again.'],
  503: ['unavailable', 'The service cannot do this at the moment. Try again in a minute.'],
};

/** Turns every error into a problem answer. Nothing internal leaves the server: unknown errors are only logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, headers, text } = this.answerTo(error);
    host.switchToHttp().getResponse<FastifyReply>().status(status).headers(headers).send(text);
  }

  /** What the caller may know of an error, as an answer. */
  answerTo(error: unknown): { status: number; headers: Record<string, string>; text: string } {
    const problem = this.toProblem(error);
    const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...(problem.retryAfterSeconds !== undefined && { 'retry-after': String(problem.retryAfterSeconds) }) };
    return { status: problem.getStatus(), headers, text: JSON.stringify(problem.body()) };
  }

  private toProblem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof JiraProblem) return jiraProblem(error);
    const status = statusOf(error);
    const known = status === undefined ? undefined : FRAMEWORK_CODES[status];
    if (status !== undefined && known) return new Problem(status, known[0], known[1], undefined, status === 503 ? 30 : undefined);
    if (status !== undefined && status < 500) return new Problem(status, 'validation_failed', 'The request could not be read. See /api/docs for what this address expects.');
    this.log.error({ err: error }, 'A request failed on our side');
    return new Problem(500, 'internal_error', 'Something went wrong on our side. It was logged; try again, and tell an administrator if it stays.');
  }
}

/** Jira was asked for a person and did not answer as it should: said in our own words. */
function jiraProblem(problem: JiraProblem): Problem {
  if (problem.code === 'service_account_rejected') return new Problem(502, 'jira_rejected_credentials', 'Jira refuses the service account of this connection. Its owner has to renew the API token.');
  if (problem.code === 'service_account_forbidden') return new Problem(502, 'jira_missing_permission', 'The service account of this connection lacks a permission in Jira. Its owner finds with Test which one, and a Jira administrator can give it.');
  return new Problem(502, 'jira_unreachable', 'Jira does not answer as expected at the moment. Try again in a few minutes.');
}

/** HTTP status of an error of Nest or Fastify. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
