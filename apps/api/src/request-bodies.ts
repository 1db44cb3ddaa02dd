/**
 * How bodies of requests are read: which routes take how much, as bytes or as JSON, and how much of all of them is held in memory.
 *
 * Anybody can send to the front doors, and a body must be there completely before its signature can be checked. So strangers could
 * fill the memory with large bodies that never end; what all of them hold together is limited, and Jira comes again.
 */
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SLICE_BYTES } from '@openhands-jira/domain';
import type { WebhookSecrets } from './connections/webhook-secrets.service.js';
import { isTooMuch } from './deliveries/payload.js';
import type { RejectedCalls } from './deliveries/rejected-calls.service.js';

const MEGABYTE = 1024 * 1024;
/** Jira drops payloads over 25 MB itself; a larger body is not from Jira. */
export const WEBHOOK_BODY_BYTES = 25 * MEGABYTE;
export const OTHER_BODY_BYTES = MEGABYTE;
const WEBHOOK_PREFIX = '/integration/';

/** What unfinished bodies may hold together beyond their first part, which each may hold. Room for two of the largest and many usual ones. */
const HELD_BYTES = 64 * MEGABYTE;
const FREE_BYTES = 128 * 1024;
/** What a piece needs beside its bytes. A body may come one byte at a time, each in an object of its own. */
const PIECE_BYTES = 512;

/** Commas and opening brackets in a body that is for no front door. The largest rules of a connection have some 35,000; so many are read in some ten milliseconds. */
const MOST_VALUES = 50_000;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:;|$)/i;

/** True for a body that is read as it comes: JSON that is not encoded. */
export function isPlainJson(headers: IncomingHttpHeaders): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '') && !headers['content-encoding'];
}

/** Only the webhook routes take large bodies. */
export function limitBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = route.url.startsWith(WEBHOOK_PREFIX) ? WEBHOOK_BODY_BYTES : OTHER_BODY_BYTES;
  });
  fastify.addHook('onRequest', ({ is404, headers }, reply, done) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
    if (is404 && hasBody) reply.header('connection', 'close');
    done();
  });
}

/**
 * JSON bodies only. On the webhook routes the bytes stay as they are: the signature is over them, and nothing may read
 * them before it is checked. An encoded body would be other bytes than those that were signed, so it is refused. The other routes read their
 * JSON before it is known who asks, so it is looked through first, and where there is no route it is not read at all and the connection ends.
 */
export function readBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(JSON_TYPE, (request, stream, done) => {
    if (request.is404) return done(null, undefined);
    if (request.headers['content-encoding']) return done(Object.assign(new Error('encoded'), { statusCode: 415 }));
    readBytes(stream, request.routeOptions.bodyLimit, (error, bytes) => {
      if (error) return done(error);
      if (isForDoor(request)) return done(null, bytes);
      if (bytes!.length === 0) return done(null, undefined);
      if (isTooMuch(bytes!, MOST_VALUES)) return done(Object.assign(new Error('too many values'), { statusCode: 400 }));
      void parseJson(request, bytes!.toString('utf8'), done);
    });
  });
}

/** True when a request goes to a front door, however its address is written. */
export function isForDoor({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && (routeOptions.url?.startsWith(WEBHOOK_PREFIX) ?? false);
}

/** A delivery that is too large never reaches its controller, and Jira does not send it again: it must at least be counted. */
export function countTooLarge(rejected: RejectedCalls, secrets: Pick<WebhookSecrets, 'isKnown'>, error: unknown, { url, headers }: { url: string; headers: IncomingHttpHeaders }): void {
  if ((error as { code?: unknown }).code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return;
  const named = /\/connections\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//i.exec(url)?.[1]?.toLowerCase() ?? '';
  // Ids that strangers make up are counted together: each would be a row of its own.
  const connectionId = secrets.isKnown(named) ? named : null;
  const size = Math.min(Number(headers['content-length']) || 0, 2 ** 31 - 1);
  rejected.add({ connectionId, reason: 'body_too_large', headerNames: Object.keys(headers), size });
}

/** Bytes that may be held, shared by all requests. */
class Memory {
  constructor(private free: number) {}

  /** False when there is no room; then nothing was taken. */
  take(bytes: number): boolean {
    if (bytes > this.free) return false;
    this.free -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.free += bytes;
  }
}

/** Of this process. */
const memory = new Memory(HELD_BYTES);

type Done = (error: Error | null, bytes?: Buffer) => void;

/** Collects the bytes of a body. A body that says to be too large is refused before any of it is read. */
export function readBytes(stream: IncomingMessage, limit: number, done: Done): void {
  if (Number(stream.headers['content-length']) > limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  const chunks: Buffer[] = [];
  let [size, held, taken, isOver] = [0, 0, 0, false];

  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) return end(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    const needed = chunk.length + PIECE_BYTES;
    held += needed;
    if (held > FREE_BYTES) {
      if (!memory.take(needed)) return end(Object.assign(new Error('memory'), { statusCode: 503 }));
      taken += needed;
    }
    chunks.push(chunk);
  };
  const onEnd = (): void => end(null);
  const onError = (error: Error): void => end(Object.assign(error, { statusCode: 400 }));
  const onClose = (): void => end(Object.assign(new Error('aborted'), { statusCode: 400 }));
  const end = (error: Error | null): void => {
    if (isOver) return;
    isOver = true;
    stream.off('data', onData).off('end', onEnd).off('close', onClose);
    memory.giveBack(taken);
    if (!error) return whole(chunks, size, done);
    // What still comes until the connection ends is let go by.
    stream.resume();
    done(error);
  };
  // The listener for errors stays: a connection may break while what is left goes by.
  stream.on('data', onData).once('end', onEnd).on('error', onError).once('close', onClose);
}

/** Most bodies come in one piece, which need not be copied. */
function whole(chunks: Buffer[], size: number, done: Done): void {
  if (size > SLICE_BYTES) void joinedInSlices(chunks, size).then((bytes) => done(null, bytes), done);
  else done(null, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
}

/** Copying megabytes takes long enough that others are answered in between. */
async function joinedInSlices(chunks: Buffer[], size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let [filled, yielded] = [0, 0];
  for (const chunk of chunks) {
    filled += chunk.copy(bytes, filled);
    if (filled - yielded < SLICE_BYTES) continue;
    yielded = filled;
    await nextTurn();
  }
  return bytes;
}
