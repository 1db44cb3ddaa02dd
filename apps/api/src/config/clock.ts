import { Injectable } from '@nestjs/common';

/** The time now. Everything that decides by time asks this class, so that tests can set it. */
@Injectable()
export class Clock {
  private correctionMs = 0;

  now(): Date {
    return new Date(Date.now() + this.correctionMs);
  }

  /** From now on this clock is ahead of that of the machine by so many milliseconds. */
  correct(ms: number): void {
    this.correctionMs = ms;
  }
}
