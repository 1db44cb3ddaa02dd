import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { safeReturnPath } from './return-path.js';
import type { SignInError } from './sign-in.service.js';

/** Sends the browser to the sign-in page, which explains the error and offers another try: from there on to the page that was wanted. */
export function redirectToSignIn(reply: FastifyReply, error: SignInError, wanted: unknown): void {
  const returnTo = safeReturnPath(wanted);
  const query = new URLSearchParams({ error, ...(returnTo !== '/' && { returnTo }) });
  void reply.header('cache-control', 'no-store').redirect(`/sign-in?${query.toString()}`, 302);
}

/** For routes that a browser opens: whatever goes wrong, a person lands on a page. */
@Catch()
export class SignInFailures implements ExceptionFilter {
  private readonly log = new Logger('sign-in');

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500) this.log.error({ err: error }, 'A sign-in failed on our side');
    const http = host.switchToHttp();
    const { returnTo } = http.getRequest<FastifyRequest>().query as { returnTo?: unknown };
    redirectToSignIn(http.getResponse<FastifyReply>(), status === 429 ? 'too_many_requests' : 'failed', returnTo);
  }
}
