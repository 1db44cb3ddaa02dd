import { type CanActivate, type ExecutionContext, Injectable, mixin, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from './minute-limit.js';
import { Problem } from './problem.js';

/** What is limited. */
export interface Limited {
  /** In a word; limits of different things are counted apart, equal ones together. */
  what: string;
  perMinute: number;
  /** What was done too often, and what to do. */
  detail: string;
}

/** A guard for routes that nobody may call without end, counted over all processes. `of` says as whose a call counts. */
function limitPer(of: (request: FastifyRequest) => string, { what, perMinute, detail }: Limited): Type<CanActivate> {
  @Injectable()
  class MinuteLimitGuard implements CanActivate {
    private readonly limit: MinuteLimit;

    constructor(clock: Clock, db: DataSource) {
      this.limit = new MinuteLimit(what, perMinute, db, clock);
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      if (await this.limit.allows(of(context.switchToHttp().getRequest<FastifyRequest>()))) return true;
      throw new Problem(429, 'too_many_requests', detail, undefined, 60);
    }
  }
  return mixin(MinuteLimitGuard);
}

/** Counted per person, for the token of administrators as one. */
function limitPerPerson(limited: Limited): Type<CanActivate> {
  return limitPer(({ caller }) => caller?.userId ?? 'administrator token', limited);
}

/** For public routes that write, where nobody is known. */
function limitPerAddress(limited: Limited): Type<CanActivate> {
  return limitPer(({ ip }) => originOf(ip), limited);
}

/** Whom an address belongs to: with IPv6 each house has a network of 64 bits, in which it can take as many addresses as it likes. */
export function originOf(ip: string): string {
  const address = ipaddr.isValid(ip) ? ipaddr.process(ip) : null;
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).map((part) => part.toString(16)).join(':') : (address?.toString() ?? ip);
}

/** For the routes that try credentials at Jira: nobody shall use us to guess them. Enough for somebody who corrects a form. */
export const CredentialLimit = limitPerPerson({ what: 'account check', perMinute: 20, detail: 'You tried many credentials within a minute. Wait a minute, then try again.' });

/** For decisions that are only tried: each reads from Jira and the git host. */
export const TrialLimit = limitPerPerson({ what: 'trial', perMinute: 20, detail: 'You ran many trials within a minute. Wait a minute, then try again.' });

/** For the routes that call Jira at the press of a button; each test is half a dozen calls. */
export const ConnectionTestLimit = limitPerPerson({ what: 'connection test', perMinute: 10, detail: 'You asked Jira many times within a minute. Wait a minute, then try again.' });

/** Each replay is decided and stored like a delivery of Jira. With a hundred at once, enough for the hours after an outage. */
export const ReplayLimit = limitPerPerson({ what: 'replay', perMinute: 60, detail: 'You ran deliveries again many times within a minute. Wait a minute, then go on.' });

/** Each start of a sign-in stores a row. Generous, because a whole office may share one address. */
export const SignInLimit = limitPerAddress({ what: 'sign-in', perMinute: 100, detail: 'Too many sign-ins were started from this address. Wait a minute and try again.' });

/** Each end of a sign-in leaves a line in the log, also one that nobody began. As generous as the start. */
export const SignInEndLimit = limitPerAddress({ what: 'sign-in end', perMinute: 100, detail: 'Too many sign-ins came back from this address. Wait a minute and try again.' });

/** Opening the link for a Jira administrator: once is what people need, and nobody shall try links without end. */
export const DelegationLimit = limitPerAddress({ what: 'delegation', perMinute: 20, detail: 'Too many links were opened from this address. Wait a minute, then open yours again.' });
