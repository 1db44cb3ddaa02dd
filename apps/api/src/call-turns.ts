/**
 * When hundreds of calls come in one instant, not even their bodies are read before it is their turn, and companies take turns. The address of a call
 * says whose it is, as far as that can be believed before the signature is checked.
 */
import type { WebhookSecrets } from './connections/webhook-secrets.service.js';
import { DoorTurns } from './deliveries/door-turns.js';
import { inTime } from './deliveries/in-time.js';

/** Addresses of connections that do not exist have one line together: strangers cannot make more of them. */
const STRANGERS = '';

/** Who cannot be looked up in this time is served with the strangers; the door then says that the database is away. */
const LOOK_UP_MS = 1000;

/** The turns of calls at the front doors. */
export class CallTurns {
  private readonly turns = new DoorTurns();

  constructor(private readonly secrets: Pick<WebhookSecrets, 'isKnown' | 'of'>) {}

  /** Serves a call when it is its turn, mostly at once. The shared address names no connection: there bodies are read, and the door lets companies take turns. */
  begin(connectionId: string | undefined, serve: () => void): void {
    if (connectionId === undefined) return serve();
    const line = this.lineOf(connectionId.toLowerCase());
    if (typeof line === 'string') this.wait(line, serve);
    else void line.then((found) => this.wait(found, serve));
  }

  private wait(line: string, serve: () => void): void {
    const turn = this.turns.of(line);
    if (turn) void turn.then(serve);
    else serve();
  }

  /** A company that this process has not met, as after its start, must not stand behind strangers: it is looked up first. */
  private lineOf(id: string): string | Promise<string> {
    if (this.secrets.isKnown(id)) return id;
    const found = this.secrets.of(id);
    return found instanceof Promise ? inTime(found, LOOK_UP_MS).then((door) => door?.id ?? STRANGERS, () => STRANGERS) : (found?.id ?? STRANGERS);
  }
}
