/**
 * The deliveries that benches send: `jira:issue_updated` as Jira Cloud sends it, signed, of exactly the size that is asked for, each
 * with a change of its own. Most of it is what such bodies are made of: field names, addresses, words. The same seed gives the same bytes.
 */
import { createHmac } from 'node:crypto';

const WORDS = 'total cart price rounded twice button checkout phone customer order refund invoice address search filter page error retry import export release branch review deploy'.split(' ');

/** Room for the number that makes each body another one. */
const NUMBER_DIGITS = 15;
const FIRST_NUMBER = 100_000_000_000_000;

export interface DeliveryKind {
  /** Bytes of a body. */
  bytes: number;
  seed: number;
  secret: string;
  /** Path that deliveries are sent to. */
  path: string;
}

/** Makes requests as raw bytes, head and body in one piece. */
export class DeliveryMaker {
  private readonly kind: DeliveryKind;
  private readonly before: Buffer;
  private readonly after: Buffer;

  constructor(kind: DeliveryKind) {
    this.kind = kind;
    const [before, after] = frameOf(kind);
    this.before = before;
    this.after = after;
  }

  /** The body of one delivery. */
  body(number: number): Buffer {
    return Buffer.concat([this.before, Buffer.from(String(FIRST_NUMBER + number)), this.after]);
  }

  /** The whole request. `badly`: with a signature that fits nothing. `path`: another address than usual. */
  request(number: number, options: { badly?: boolean; identifier?: string; path?: string } = {}): Buffer {
    const body = this.body(number);
    const signature = options.badly ? '0'.repeat(64) : createHmac('sha256', this.kind.secret).update(body).digest('hex');
    const head = [
      `POST ${options.path ?? this.kind.path} HTTP/1.1`,
      'host: bench.example.com',
      'content-type: application/json; charset=UTF-8',
      'user-agent: Atlassian HttpClient unknown / unknown / Default',
      `x-atlassian-webhook-identifier: ${options.identifier ?? `bench-${this.kind.seed}-${number}`}`,
      `x-hub-signature: sha256=${signature}`,
      `content-length: ${body.length}`,
    ].join('\r\n');
    return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
  }
}

function frameOf({ bytes, seed }: DeliveryKind): [Buffer, Buffer] {
  const empty = Buffer.byteLength(payload('')) - 1;
  const description = textOf(bytes - empty - NUMBER_DIGITS, seed);
  const [before, after] = payload(description).split('#') as [string, string];
  return [Buffer.from(before), Buffer.from(after)];
}

/** `#` marks the place of the number. */
function payload(description: string): string {
  const person = { self: 'https://bench.atlassian.net/rest/api/2/user?accountId=712020:0b0b0b0b', accountId: '712020:0b0b0b0b-2222-4222-8222-000000010102', displayName: 'Ben Builder', active: true, timeZone: 'Europe/Berlin', accountType: 'atlassian' };
  const empty = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`customfield_${10_010 + index}`, null]));
  return JSON.stringify({
    timestamp: '#',
    webhookEvent: 'jira:issue_updated',
    issue_event_type_name: 'issue_updated',
    user: person,
    issue: {
      id: '10012',
      self: 'https://bench.atlassian.net/rest/api/2/issue/10012',
      key: 'SHOP-12',
      fields: { summary: 'Total in the cart is a cent off', status: { name: 'In Progress', id: '3' }, priority: { name: 'Medium', id: '3' }, labels: ['cart'], creator: person, reporter: person, assignee: person, description, ...empty },
    },
    changelog: { id: '20001', items: [{ field: 'status', fieldtype: 'jira', fieldId: 'status', from: '10000', fromString: 'To Do', to: '3', toString: 'In Progress' }] },
  });
}

function textOf(length: number, seed: number): string {
  const random = randomNumbers(seed);
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return text.slice(0, Math.max(0, length));
}

/** The same numbers between 0 and 1 for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
