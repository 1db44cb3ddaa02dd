import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from '../security/minute-limit.js';
import { Problem } from '../security/problem.js';

/** Enough for somebody who mends a connection; each test is half a dozen calls to Jira. */
const TESTS_PER_MINUTE = 10;

/** For the routes that call Jira at the press of a button. Counted per person, over all processes. */
@Injectable()
export class ConnectionTestLimit implements CanActivate {
  private readonly limit: MinuteLimit;

  constructor(clock: Clock, db: DataSource) {
    this.limit = new MinuteLimit('connection test', TESTS_PER_MINUTE, db, clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
    if (await this.limit.allows(caller?.userId ?? 'administrator token')) return true;
    throw new Problem(429, 'too_many_requests', 'You asked Jira many times within a minute. Wait a minute, then try again.', undefined, 60);
  }
}
