import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSampler } from './createSampler.ts';
import type { TracedProcess, TracingSettings } from './TracingSettings.ts';

/**
 * Makes OpenTelemetry's API send spans by OTLP over HTTP, in batches beside the work. A collector that is away costs the spans
 * that do not fit its queue, and nothing else.
 * @returns sends what is left and ends it
 */
export function exportTraces(
  { endpoint, headers, predictionShare }: TracingSettings,
  { name, version, logger }: TracedProcess,
): () => Promise<void> {
  const tell = (...words: unknown[]): void => logger.debug({ words }, 'OpenTelemetry reports.');
  diag.setLogger({ error: tell, warn: tell, info: tell, debug: tell, verbose: tell }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'holdfast',
      'service.name': `holdfast-${name}`,
      'service.version': version,
      'process.pid': process.pid,
    }),
    sampler: createSampler(predictionShare),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  trace.setGlobalTracerProvider(provider);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return () =>
    provider
      .shutdown()
      .catch((error: unknown) => logger.debug({ err: error }, 'The last spans could not be sent.'));
}
