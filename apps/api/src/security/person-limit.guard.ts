import { type CanActivate, type ExecutionContext, Injectable, mixin, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from './minute-limit.js';
import { Problem } from './problem.js';

/** What is limited. */
export interface PersonLimit {
  /** In a word; limits of different things are counted apart, equal ones together. */
  what: string;
  perMinute: number;
  /** What the person did too often, and what to do. */
  detail: string;
}

/** A guard for routes that nobody may call without end: counted per person over all processes, for the token of administrators as one. */
export function limitPerPerson({ what, perMinute, detail }: PersonLimit): Type<CanActivate> {
  @Injectable()
  class PersonLimitGuard implements CanActivate {
    private readonly limit: MinuteLimit;

    constructor(clock: Clock, db: DataSource) {
      this.limit = new MinuteLimit(what, perMinute, db, clock);
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
      if (await this.limit.allows(caller?.userId ?? 'administrator token')) return true;
      throw new Problem(429, 'too_many_requests', detail, undefined, 60);
    }
  }
  return mixin(PersonLimitGuard);
}

/** For the routes that try credentials at Jira: nobody shall use us to guess them. Enough for somebody who corrects a form. */
export const CredentialLimit = limitPerPerson({ what: 'account check', perMinute: 20, detail: 'You tried many credentials within a minute. Wait a minute, then try again.' });

/** For decisions that are only tried: each reads from Jira and the git host. */
export const TrialLimit = limitPerPerson({ what: 'trial', perMinute: 20, detail: 'You ran many trials within a minute. Wait a minute, then try again.' });

/** For the routes that call Jira at the press of a button; each test is half a dozen calls. */
export const ConnectionTestLimit = limitPerPerson({ what: 'connection test', perMinute: 10, detail: 'You asked Jira many times within a minute. Wait a minute, then try again.' });
