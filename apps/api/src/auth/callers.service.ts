import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import '@fastify/cookie';
import { AppConfig } from '../config/config.js';
import type { Caller } from '../security/access.js';
import { sameSecret } from '../security/digest.js';
import { ApiTokens } from './api-tokens.service.js';
import { SESSION_COOKIE } from './cookies.js';
import { type Account, Sessions } from './sessions.service.js';
import { Users } from './users.service.js';

/** Finds out who calls: by a bearer token, else by the session cookie. */
@Injectable()
export class Callers {
  constructor(
    private readonly sessions: Sessions,
    private readonly apiTokens: ApiTokens,
    private readonly users: Users,
    private readonly config: AppConfig,
  ) {}

  /**
   * Null when nobody is proven. A bearer token that is not valid is never made good by a cookie: automation must learn that
   * its token is wrong. With `cookieOnly` (public routes) the `Authorization` header is not looked at.
   */
  find(request: FastifyRequest, cookieOnly: boolean): Promise<Caller | null> {
    const { authorization } = request.headers;
    return authorization !== undefined && !cookieOnly ? this.byBearer(authorization) : this.byCookie(request.cookies?.[SESSION_COOKIE]);
  }

  private async byBearer(authorization: string): Promise<Caller | null> {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (!token) return null;
    const adminToken = this.config.env.ADMIN_API_TOKEN;
    if (adminToken && sameSecret(token, adminToken)) return { userId: null, isAdmin: true, via: 'admin-token' };
    return this.callerOf(await this.apiTokens.find(token), 'api-token');
  }

  private async byCookie(token: string | undefined): Promise<Caller | null> {
    return token ? this.callerOf(await this.sessions.find(token), 'session') : null;
  }

  private callerOf(account: Account | null, via: Caller['via']): Caller | null {
    return account && { userId: account.id, isAdmin: this.users.isAdmin(account), via };
  }
}
