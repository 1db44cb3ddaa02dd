/**
 * What this process counts for Prometheus: events that are over in a moment and leave no row behind that could be counted
 * later, or too many of them. What the database knows is read from it at each scrape (`admin/metrics.queries.ts`).
 *
 * Labels come from lists of our own or are cut off, so that strangers cannot make the number of lines grow.
 */
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

/** More hosts than any installation configures; what comes after is counted together. */
const MOST_HOSTS = 30;
const OTHER_HOSTS = 'other';

/** Jira waits 20 seconds for an answer. */
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 20];
/** People wait for the first comment; ten seconds is the promise. */
const COMMENT_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];
const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

@Injectable()
export class Figures {
  readonly registry = new Registry();
  private readonly hosts = new Set<string>();

  private readonly deliveries = this.counter('openhands_jira_deliveries_total', 'Deliveries that this process decided, by outcome and reason.', ['outcome', 'reason']);
  private readonly answers = this.histogram('openhands_jira_webhook_answer_seconds', 'Time until a webhook call had its answer, by status.', ['status'], ANSWER_SECONDS);
  private readonly comments = this.histogram('openhands_jira_acknowledgement_seconds', 'Time from the delivery of a request to the first comment of its job in Jira.', [], COMMENT_SECONDS);
  private readonly calls = this.counter('openhands_jira_outgoing_calls_total', 'Calls of this process to other services, by host and HTTP status, or by what failed when there was no answer.', ['host', 'status']);
  private readonly callSeconds = this.histogram('openhands_jira_outgoing_seconds', 'Duration of those calls, by host.', ['host'], CALL_SECONDS);

  /** A delivery was decided. */
  decided(outcome: string, reason: string | null): void {
    this.deliveries.inc({ outcome, reason: reason ?? '' });
  }

  /** A webhook call was answered. */
  answered(status: number, seconds: number): void {
    this.answers.observe({ status: String(status) }, seconds);
  }

  /** The first comment of a job is in Jira. */
  acknowledged(seconds: number): void {
    this.comments.observe(Math.max(seconds, 0));
  }

  /** A call to another service ended. `host`: null for one that nobody configured, of which there may be any number. */
  called(host: string | null, status: string, seconds: number): void {
    const name = this.hostLabel(host);
    this.calls.inc({ host: name, status });
    this.callSeconds.observe({ host: name }, seconds);
  }

  private hostLabel(host: string | null): string {
    if (host === null) return OTHER_HOSTS;
    if (this.hosts.size < MOST_HOSTS) this.hosts.add(host);
    return this.hosts.has(host) ? host : OTHER_HOSTS;
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<Label extends string>(name: string, help: string, labelNames: Label[], buckets: number[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
