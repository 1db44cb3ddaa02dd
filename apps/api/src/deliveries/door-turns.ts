/**
 * Who is served next at the front door.
 *
 * When thousands of deliveries come at once, each takes a fraction of a millisecond, and whoever comes last would wait for all of them.
 * So only some begin in a turn of the event loop, and connections take turns: a company with one delivery does not stand behind the
 * thousand of another one. And where the machine is short of cores, a crowd rests after each turn while others call too: what else has to be
 * done for those others, here and in PostgreSQL, finds a core (decision 19).
 */
import { performance } from 'node:perf_hooks';
import { isShortOfCores } from '../queue/thread.js';

/** What begins at once in a turn of the event loop, as long as nobody waits. Together that takes a few milliseconds. */
const MOST_AT_ONCE = 8;
/** Of those who wait, so many begin in a turn: in between, whoever has just come is heard. */
const MOST_A_TURN = 2;
/** A group of whom so many wait is a crowd. */
const CROWD = 32;
/** How long crowds rest after a turn: a little longer than a turn takes on a machine that is short of cores. */
const REST_MS = 2;
/** That companies call, or that the thread waited for a core, counts for so long. */
const LATELY_MS = 2000;

/** The group of all who name no company, or one that does not exist: strangers cannot make more groups. */
export const NOBODY = '';

interface Waiting {
  begin: () => void;
  isGone: () => boolean;
}

/** The turns of one process. */
export class DoorTurns {
  /** Who waits, by group, in the order in which groups are served. */
  private readonly lines = new Map<string, Waiting[]>();
  private begun = 0;
  private isCounting = false;
  private resting?: NodeJS.Timeout;
  /** Which company called last, when, and when it was another one than before. */
  private caller?: string;
  private calledAt = -Infinity;
  private othersAt = -Infinity;
  private shortAt = -Infinity;

  /** @param isShort whether the machine is short of cores; where it never is, nobody rests */
  constructor(private readonly isShort: () => boolean = isShortOfCores()) {}

  /** Resolves when it is the turn of one more of this group; undefined when it is at once. Who is gone by then uses up no turn. */
  of(group: string, isGone: () => boolean = () => false): Promise<void> | undefined {
    this.note(group);
    if (this.resting && !this.lines.has(group)) this.endRest();
    this.countThisTurn();
    if (this.lines.size === 0 && this.begun < MOST_AT_ONCE) {
      this.begun += 1;
      return undefined;
    }
    return new Promise((begin) => {
      const line = this.lines.get(group);
      if (line) line.push({ begin, isGone });
      else this.lines.set(group, [{ begin, isGone }]);
    });
  }

  /** Strangers are not noted: whoever makes up ids could otherwise make a company rest that is alone. */
  private note(caller: string): void {
    if (caller === NOBODY) return;
    this.calledAt = performance.now();
    if (caller === this.caller) return;
    if (this.caller !== undefined) this.othersAt = this.calledAt;
    this.caller = caller;
  }

  private countThisTurn(): void {
    if (this.isCounting || this.resting) return;
    this.isCounting = true;
    setImmediate(() => this.nextTurn());
  }

  private nextTurn(): void {
    this.isCounting = false;
    this.begun = 0;
    for (let served = 0; served < MOST_A_TURN && this.lines.size > 0; ) served += this.serveNext() ? 1 : 0;
    if (this.lines.size === 0) return;
    if (this.mayRest()) this.resting = setTimeout(() => this.endRest(), REST_MS);
    else this.countThisTurn();
  }

  /** Only while nobody waits but crowds, a company has called lately that may want a core, and the machine was short of them. A company that is alone never waits for nothing. */
  private mayRest(): boolean {
    const since = performance.now() - LATELY_MS;
    const isForOthers = this.areAllStrangers() ? this.calledAt >= since : this.othersAt >= since;
    if (!isForOthers || !this.areAllCrowds()) return false;
    if (this.isShort()) this.shortAt = performance.now();
    return this.shortAt >= since;
  }

  private areAllStrangers(): boolean {
    return this.lines.size === 1 && this.lines.has(NOBODY);
  }

  private areAllCrowds(): boolean {
    for (const line of this.lines.values()) if (line.length < CROWD) return false;
    return true;
  }

  private endRest(): void {
    clearTimeout(this.resting);
    this.resting = undefined;
    this.countThisTurn();
  }

  /** The first of the first line; then that group stands behind the others. False when that one is gone. */
  private serveNext(): boolean {
    const [group, line] = this.lines.entries().next().value!;
    const { begin, isGone } = line.shift()!;
    this.lines.delete(group);
    if (line.length > 0) this.lines.set(group, line);
    begin();
    return !isGone();
  }
}

/** As many of those who wait as there is room for: each group in its turn, those of a group in their order. */
export function inTurns<T>(waiting: readonly T[], most: number, groupOf: (one: T) => string): T[] {
  if (waiting.length <= most) return [...waiting];
  const lines = [...Map.groupBy(waiting, groupOf).values()];
  const chosen: T[] = [];
  for (let place = 0; chosen.length < most; place += 1) {
    for (const line of lines) if (place < line.length && chosen.length < most) chosen.push(line[place]!);
  }
  return chosen;
}
