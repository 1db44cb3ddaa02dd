import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { METRICS, type MetricQuery, type Sample } from './metrics.queries.js';

/** The media type of the Prometheus text format. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Figures for Prometheus: those of the installation, read from the database at each scrape, and the usual ones of this
 * process. Nothing is counted in memory, so every process tells the same about the installation, also right after a start.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  constructor(private readonly db: DataSource) {
    collectDefaultMetrics({ register: this.registry });
    for (const metric of METRICS) this.register(metric);
  }

  /** All figures of this moment, as text. */
  read(): Promise<string> {
    return this.registry.metrics();
  }

  private register({ name, help, labels, sql }: MetricQuery): void {
    const { db } = this;
    new Gauge({
      name, help,
      labelNames: labels,
      registers: [this.registry],
      async collect() {
        const samples = await db.query<Sample[]>(sql);
        // A label that no row has any more would otherwise keep its last value.
        this.reset();
        for (const { value, ...row } of samples) this.set(labelsOf(labels, row), Number(value));
      },
    });
  }
}

function labelsOf(names: string[], row: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(row[name] ?? '')]));
}
