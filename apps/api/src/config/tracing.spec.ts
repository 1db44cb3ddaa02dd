import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config.js';
import { traced, traceIdNow } from './tracing.js';

const SOURCES = join(import.meta.dirname, '..');

describe('Traces', () => {
  it('are off unless a collector is configured, and then the work is only called', async () => {
    expect(readConfig({}).tracing).toBeNull();
    expect(await traced('work', { attributes: { a: 1 } }, async (note) => {
      note({ b: 2 });
      return traceIdNow() ?? 'no trace';
    })).toBe('no trace');
    await expect(traced('work', {}, () => Promise.reject(new Error('as it is')))).rejects.toThrow('as it is');
  });

  it('load nothing of OpenTelemetry before they are switched on', () => {
    const loading = globSync('**/*.ts', { cwd: SOURCES }).filter((file) => /^import (?!type )[^;]*'@opentelemetry\//m.test(readFileSync(join(SOURCES, file), 'utf8')));
    expect(loading).toEqual(['config/tracing-exporter.ts']);
    const importers = globSync('**/*.ts', { cwd: SOURCES }).filter((file) => !file.endsWith('.spec.ts') && /from '[^']*tracing-exporter/.test(readFileSync(join(SOURCES, file), 'utf8')));
    expect(importers).toEqual([]);
  });

  it('go to the collector with its headers, decoded', () => {
    const { tracing } = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://10.0.0.5:4318/', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc, x-team = jira', OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' });
    expect(tracing).toEqual({ url: 'http://10.0.0.5:4318/v1/traces', headers: { authorization: 'Bearer abc', 'x-team': 'jira' }, serviceName: 'openhands-jira', sampler: { name: 'parentbased_traceidratio', ratio: 0.25 } });
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: 'a secret' })).toThrow(/OTEL_EXPORTER_OTLP_HEADERS must be name=value/);
    expect(() => readConfig({ OTEL_TRACES_SAMPLER: 'sometimes' })).toThrow(/OTEL_TRACES_SAMPLER must be one of/);
  });
});
