import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../config/clock.js';
import { Problem } from '../security/problem.js';

const WINDOW_MS = 60_000;
/** Generous, because a whole office may share one address. */
const STARTS_PER_WINDOW = 100;

/**
 * Each start of a sign-in stores a row, so one address may not begin without end. Counted per process and minute; the
 * counts of a minute are thrown away with it, so that they never pile up.
 */
@Injectable()
export class SignInLimit implements CanActivate {
  private windowEnds = 0;
  private readonly starts = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    const now = this.clock.now().getTime();
    if (now >= this.windowEnds) {
      this.starts.clear();
      this.windowEnds = now + WINDOW_MS;
    }
    const count = (this.starts.get(ip) ?? 0) + 1;
    this.starts.set(ip, count);
    if (count > STARTS_PER_WINDOW) throw new Problem(429, 'too_many_requests', 'Too many sign-ins were started from this address. Wait a minute and try again.');
    return true;
  }
}
