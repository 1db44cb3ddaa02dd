import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { UserCaller } from './access.js';
import { Problem } from './problem.js';

/** The caller as somebody with an account. The administrator token of the environment has none and gets a 403. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new Problem(401, 'unauthenticated', 'Sign in, or send an API token as a bearer token.');
  if (caller.userId === null) throw new Problem(403, 'forbidden', 'The administrator token has no account of its own. Use the API token of a person.');
  return caller as UserCaller;
});
