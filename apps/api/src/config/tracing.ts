/**
 * Traces for OpenTelemetry: spans at the seams of the service, so that one trace leads from Jira's call through the queue to
 * the comment. Off unless a collector is configured; then nothing of OpenTelemetry is even loaded, and `traced` only calls.
 *
 * The spans are our own, made at a handful of places, because instrumentation from outside would put addresses, queries and
 * SQL into attributes. Attributes hold ids, names of queues, hosts and statuses: never texts of people, never secrets.
 */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Attributes, Span, SpanContext, SpanKind, Tracer } from '@opentelemetry/api';
import { AppConfig } from './config.js';
import { alsoAbout, workContext } from './work-context.js';

/** What a span says, and which side of a call it is. */
export interface SpanFacts {
  kind?: 'server' | 'client' | 'consumer' | 'internal';
  attributes?: Attributes;
  /** Exceptions that are no failure of the work. */
  isExpected?: (error: unknown) => boolean;
}

/** Adds facts that become known during the work. */
export type Note = (attributes: Attributes) => void;

interface Switched {
  tracer: Tracer;
  api: typeof import('@opentelemetry/api');
  stop: () => Promise<void>;
}

/** Of this process: several services in one process (tests) share it, like they share its log. */
let on: Switched | null = null;

/** Does the work as one span of the trace at hand. What it throws marks the span and is thrown on. */
export function traced<T>(name: string, facts: SpanFacts, work: (note: Note) => Promise<T>): Promise<T> {
  return on ? inSpan(on, name, facts, work) : work(ignore);
}

const ignore: Note = () => undefined;

async function inSpan<T>({ tracer, api }: Switched, name: string, facts: SpanFacts, work: (note: Note) => Promise<T>): Promise<T> {
  const parent = parseTraceparent(workContext().traceparent);
  const context = parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT;
  const span = tracer.startSpan(name, { kind: kindOf(api, facts.kind), attributes: { ...aboutNow(), ...facts.attributes } }, context);
  try {
    return await alsoAbout({ traceparent: traceparentOf(span) }, () => work((attributes) => void span.setAttributes(attributes)));
  } catch (error) {
    if (!facts.isExpected?.(error)) markFailed(api, span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** The kind of error only: its message may hold what people wrote. */
function markFailed(api: Switched['api'], span: Span, error: unknown): void {
  span.setStatus({ code: api.SpanStatusCode.ERROR });
  span.setAttribute('error.type', (error as { name?: string } | null)?.name ?? 'error');
}

/** Which delivery and job the span is about. */
function aboutNow(): Attributes {
  const { deliveryId, jobId } = workContext();
  return { ...(deliveryId && { 'openhands_jira.delivery.id': deliveryId }), ...(jobId && { 'openhands_jira.job.id': jobId }) };
}

function kindOf({ SpanKind }: Switched['api'], kind: SpanFacts['kind'] = 'internal'): SpanKind {
  return { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL }[kind];
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function parseTraceparent(text: string | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text ?? '') ?? [];
  return traceId && spanId && flags ? { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true } : null;
}

/** The id of the trace at hand, for the log; undefined when there is none. */
export function traceIdNow(): string | undefined {
  return workContext().traceparent?.split('-')[1];
}

/** Switches traces on with the service, and sends the last spans when it ends. */
@Injectable()
export class Tracing implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('tracing');

  constructor(private readonly config: AppConfig) {}

  async onModuleInit(): Promise<void> {
    if (!this.config.tracing || on) return;
    const { startTracing } = await import('./tracing-exporter.js');
    on = await startTracing(this.config.tracing);
    this.log.log('Traces are sent to the collector of OTEL_EXPORTER_OTLP_ENDPOINT');
  }

  async onApplicationShutdown(): Promise<void> {
    const { stop } = on ?? {};
    on = null;
    await stop?.().catch((error: unknown) => this.log.warn({ err: error }, 'The last spans could not be sent'));
  }
}
