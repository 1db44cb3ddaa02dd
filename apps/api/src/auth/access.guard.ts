import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/config.js';
import { ADMIN_ROUTE, type Caller, PUBLIC_ROUTE } from '../security/access.js';
import { Problem } from '../security/problem.js';
import { Callers } from './callers.service.js';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** The door of every route: closed unless it is marked public, and some open for administrators only. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly log = new Logger('access');
  private readonly origin: string;

  constructor(
    private readonly reflector: Reflector,
    private readonly callers: Callers,
    config: AppConfig,
  ) {
    this.origin = new URL(config.publicUrl).origin;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isPublic = this.isMarked(context, PUBLIC_ROUTE);
    const caller = await this.callers.find(request, isPublic);
    if (caller) request.caller = caller;
    if (caller?.via === 'session' && this.isForeign(request)) {
      this.refuse(caller, new Problem(403, 'origin_mismatch', `This request did not come from a page of ${this.origin}. Open the service at that address, or use an API token.`));
    }
    if (isPublic) return true;
    if (!caller) throw new Problem(401, 'unauthenticated', 'Sign in, or send an API token as a bearer token.');
    if (this.isMarked(context, ADMIN_ROUTE) && !caller.isAdmin) {
      this.refuse(caller, new Problem(403, 'forbidden', 'Only installation administrators can do this. Ask the operator to add your verified e-mail address to ADMIN_EMAILS.'));
    }
    return true;
  }

  /** Whoever has an account and tries what is not theirs is noted. Strangers are not: they could fill the log. */
  private refuse({ userId, via }: Caller, problem: Problem): never {
    this.log.warn({ userId, via, code: problem.code }, 'A caller was refused');
    throw problem;
  }

  private isMarked(context: ExecutionContext, mark: string): boolean {
    return this.reflector.getAllAndOverride<boolean | undefined>(mark, [context.getHandler(), context.getClass()]) === true;
  }

  /** A browser adds cookies to requests that other pages make; only the `Origin` tells whose page it was. */
  private isForeign(request: FastifyRequest): boolean {
    return !SAFE_METHODS.includes(request.method) && request.headers.origin !== this.origin;
  }
}
