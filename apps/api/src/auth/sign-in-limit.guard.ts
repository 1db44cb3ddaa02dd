import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { MinuteLimit } from '../security/minute-limit.js';
import { Problem } from '../security/problem.js';

/** Generous, because a whole office may share one address. */
const STARTS_PER_MINUTE = 100;

/** Each start of a sign-in stores a row, so one address may not begin without end. */
@Injectable()
export class SignInLimit implements CanActivate {
  private readonly limit: MinuteLimit;

  constructor(clock: Clock, db: DataSource) {
    this.limit = new MinuteLimit('sign-in', STARTS_PER_MINUTE, db, clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (await this.limit.allows(originOf(ip))) return true;
    throw new Problem(429, 'too_many_requests', 'Too many sign-ins were started from this address. Wait a minute and try again.');
  }
}

/** Whom an address belongs to: with IPv6 each house has a network of 64 bits, in which it can take as many addresses as it likes. */
export function originOf(ip: string): string {
  const address = ipaddr.isValid(ip) ? ipaddr.process(ip) : null;
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).map((part) => part.toString(16)).join(':') : (address?.toString() ?? ip);
}
