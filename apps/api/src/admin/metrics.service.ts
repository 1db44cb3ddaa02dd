import { Injectable, Logger } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource, type EntityManager } from 'typeorm';
import { Figures } from '../config/figures.js';
import { METRICS, type MetricQuery, type Sample } from './metrics.queries.js';

/** The media type of the Prometheus text format. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** A scrape must never be what the database is busy with. */
const LONGEST_QUERY_MS = 2000;

/**
 * Figures for Prometheus: those of the installation, read from the database at each scrape, those that this process counts,
 * and the usual ones of a process. What the database tells is the same in every process, also right after a start.
 */
@Injectable()
export class Metrics {
  private readonly log = new Logger('metrics');
  private readonly gauges: { metric: MetricQuery; gauge: Gauge }[];
  private readonly up: Gauge;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly figures: Figures,
  ) {
    const { registry } = figures;
    collectDefaultMetrics({ register: registry });
    this.gauges = METRICS.map((metric) => ({ metric, gauge: new Gauge({ name: metric.name, help: metric.help, labelNames: metric.labels, registers: [registry] }) }));
    this.up = new Gauge({ name: 'openhands_jira_database_up', help: '1 when the figures of the installation could be read from the database, else 0, and they are missing.', registers: [registry] });
  }

  /** All figures of this moment, as text. Scrapes at the same moment share the questions to the database. */
  async read(): Promise<string> {
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    await this.refreshing;
    return this.figures.registry.metrics();
  }

  /** One connection, one query after the other: a scrape leaves the pool to those who work. */
  private async refresh(): Promise<void> {
    try {
      await this.db.transaction(async (manager) => {
        await manager.query(`SET TRANSACTION READ ONLY`);
        await manager.query(`SET LOCAL statement_timeout = ${LONGEST_QUERY_MS}`);
        for (const { metric, gauge } of this.gauges) await refreshGauge(manager, metric, gauge);
      });
      this.up.set(1);
    } catch (error) {
      this.log.warn({ err: error }, 'The figures of the installation could not be read; those of this process are told all the same');
      for (const { gauge } of this.gauges) gauge.reset();
      this.up.set(0);
    }
  }
}

async function refreshGauge(manager: EntityManager, { labels, sql }: MetricQuery, gauge: Gauge): Promise<void> {
  const samples = await manager.query<Sample[]>(sql);
  // A label that no row has any more would otherwise keep its last value.
  gauge.reset();
  for (const { value, ...row } of samples) if (value !== null) gauge.set(labelsOf(labels, row), Number(value));
}

function labelsOf(names: string[], row: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(row[name] ?? '')]));
}
