/** Builds what sends spans to a collector, by OTLP over HTTP. Loaded only when traces are switched on. */
import * as api from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, envDetector, detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TracingConfig } from './config.js';

/** Longest wait for a collector that does not answer while the service ends. */
const FAREWELL_MS = 2000;

/**
 * The exporter calls the configured address as it is: the operator named it, so the rules for other people's addresses do
 * not apply. Time limit, compression and certificates come from the usual OTEL_EXPORTER_OTLP_... variables, which it reads itself.
 */
export function startTracing({ url, headers, serviceName, sampler }: TracingConfig): Promise<{ tracer: api.Tracer; api: typeof api; stop: () => Promise<void> }> {
  const resource = defaultResource().merge(detectResources({ detectors: [envDetector] })).merge(resourceFromAttributes({ 'service.name': serviceName }));
  const exporter = new OTLPTraceExporter({ url, headers });
  const provider = new TracerProvider({ resource, sampler: samplerOf(sampler), spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000 })] });
  const stop = async (): Promise<void> => {
    await Promise.race([provider.shutdown(), new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref())]);
  };
  return Promise.resolve({ tracer: provider.getTracer('openhands-jira'), api, stop });
}

/** The samplers of the OpenTelemetry specification, by their names. */
function samplerOf({ name, ratio }: TracingConfig['sampler']): Sampler {
  const isParentBased = name.startsWith('parentbased_');
  const root = { always_on: new AlwaysOnSampler(), always_off: new AlwaysOffSampler(), traceidratio: new TraceIdRatioBasedSampler(ratio) }[name.replace('parentbased_', '') as 'always_on'];
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}
