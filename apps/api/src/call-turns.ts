/**
 * When hundreds of calls come in one instant, not even their bodies are read before it is their turn, and companies take turns. The address of a call
 * says whose it is, as far as that can be believed before the signature is checked.
 */
import type { WebhookSecrets } from './connections/webhook-secrets.service.js';
import { DoorTurns, NOBODY } from './deliveries/door-turns.js';
import { inTime } from './deliveries/in-time.js';

/** Who cannot be looked up in this time is served with the strangers; the door then says that the database is away. */
const LOOK_UP_MS = 1000;

/** The turns of calls at the front doors. */
export class CallTurns {
  private readonly turns = new DoorTurns();

  constructor(private readonly secrets: Pick<WebhookSecrets, 'isKnown' | 'of'>) {}

  /** Serves a call when it is its turn, mostly at once; also one whose sender is gone by then, but that is nobody's turn. The shared address names no connection: there bodies are read, and the door lets companies take turns. */
  begin(connectionId: string | undefined, serve: () => void, isGone: () => boolean): void {
    if (connectionId === undefined) return serve();
    const line = this.lineOf(connectionId.toLowerCase());
    if (typeof line === 'string') this.wait(line, serve, isGone);
    else void line.then((found) => this.wait(found, serve, isGone));
  }

  private wait(line: string, serve: () => void, isGone: () => boolean): void {
    const turn = this.turns.of(line, isGone);
    if (turn) void turn.then(serve);
    else serve();
  }

  /** A company that this process has not met, as after its start, must not stand behind strangers: it is looked up first. */
  private lineOf(id: string): string | Promise<string> {
    if (this.secrets.isKnown(id)) return id;
    const found = this.secrets.of(id);
    return found instanceof Promise ? inTime(found, LOOK_UP_MS).then((door) => door?.id ?? NOBODY, () => NOBODY) : (found?.id ?? NOBODY);
  }
}
