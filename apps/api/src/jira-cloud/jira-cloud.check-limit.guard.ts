import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from '../security/minute-limit.js';
import { Problem } from '../security/problem.js';

/** Enough for somebody who corrects a form; too few for trying out tokens. */
const CHECKS_PER_MINUTE = 20;

/** For the routes that try credentials at Atlassian: nobody shall use us to guess them. Counted per person. */
@Injectable()
export class CheckLimit implements CanActivate {
  private readonly limit: MinuteLimit;

  constructor(clock: Clock, db: DataSource) {
    this.limit = new MinuteLimit('account check', CHECKS_PER_MINUTE, db, clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
    if (await this.limit.allows(caller?.userId ?? 'nobody')) return true;
    throw new Problem(429, 'too_many_requests', 'You tried many credentials within a minute. Wait a minute, then try again.', undefined, 60);
  }
}
