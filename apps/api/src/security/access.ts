/** Who calls, and which routes are open. Routes are closed by default; the guard that enforces it is in the room auth. */
import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

/** The caller of a request, as the guard found out. */
export interface Caller {
  /** Null only for the administrator token of the environment, which has no account. */
  userId: string | null;
  isAdmin: boolean;
  via: 'session' | 'api-token' | 'admin-token';
}

/** A caller who has an account here. */
export interface UserCaller extends Caller {
  userId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}

export const PUBLIC_ROUTE = 'openhands-jira:public';
export const ADMIN_ROUTE = 'openhands-jira:admin-only';

/** Opens a route to everybody: webhooks, OAuth callbacks, sign-in, health. */
export const Public = (): MethodDecorator & ClassDecorator => applyDecorators(SetMetadata(PUBLIC_ROUTE, true), ApiSecurity({}));

/** Closes a route to all but installation administrators. */
export const AdminOnly = (): MethodDecorator & ClassDecorator => SetMetadata(ADMIN_ROUTE, true);

/** The caller, as a parameter of a controller's method. On a public route it may be undefined. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller | undefined => {
  return context.switchToHttp().getRequest<FastifyRequest>().caller;
});
