import { type CanActivate, type ExecutionContext, Injectable, mixin, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from './minute-limit.js';
import { Problem } from './problem.js';

/** What is limited, and what somebody at an address reads that did it too often. */
export interface AddressLimit {
  what: string;
  perMinute: number;
  detail: string;
}

/** A guard for public routes that write: counted per address over all processes, because nobody is known there. */
export function limitPerAddress({ what, perMinute, detail }: AddressLimit): Type<CanActivate> {
  @Injectable()
  class AddressLimitGuard implements CanActivate {
    private readonly limit: MinuteLimit;

    constructor(clock: Clock, db: DataSource) {
      this.limit = new MinuteLimit(what, perMinute, db, clock);
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
      if (await this.limit.allows(originOf(ip))) return true;
      throw new Problem(429, 'too_many_requests', detail);
    }
  }
  return mixin(AddressLimitGuard);
}

/** Whom an address belongs to: with IPv6 each house has a network of 64 bits, in which it can take as many addresses as it likes. */
export function originOf(ip: string): string {
  const address = ipaddr.isValid(ip) ? ipaddr.process(ip) : null;
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).map((part) => part.toString(16)).join(':') : (address?.toString() ?? ip);
}

/** Each start of a sign-in stores a row. Generous, because a whole office may share one address. */
export const SignInLimit = limitPerAddress({ what: 'sign-in', perMinute: 100, detail: 'Too many sign-ins were started from this address. Wait a minute and try again.' });

/** Opening the link for a Jira administrator: once is what people need, and nobody shall try links without end. */
export const DelegationLimit = limitPerAddress({ what: 'delegation', perMinute: 20, detail: 'Too many links were opened from this address. Wait a minute, then open yours again.' });
