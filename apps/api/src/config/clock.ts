import { Injectable } from '@nestjs/common';

/** The time now. Everything that decides by time asks this class, so that tests can set it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
