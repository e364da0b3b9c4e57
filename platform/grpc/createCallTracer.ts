import { status } from '@grpc/grpc-js';
import { trace } from '@opentelemetry/api';
import { endServerSpan, startServerSpan } from '../../observability/tracing/startServerSpan.ts';
import type { CallObserver } from './CallObserver.ts';
import type { CallMetadata } from './ServerCall.ts';

// A span for each call, under the trace that the caller's metadata names (W3C traceparent).

const EXCHANGE = 'holdfast.v1.ExchangeService';

/** What is not the caller's own doing. */
const serverFaults = new Set<number>([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

export function createCallTracer(): CallObserver {
  return {
    around: ({ service, method }) => {
      // Probes, every few seconds; and a stream that lasts for days, whose calls have spans of their own.
      if (service.startsWith('grpc.') || service === EXCHANGE) return null;
      const name = `${service}/${method}`;
      const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
      return (metadata, work) => startServerSpan(name, attributes, metadata, headerOf).within(work);
    },
    observe: () => (code, _ms, call) => {
      const span = trace.getActiveSpan();
      if (span === undefined) return;
      endServerSpan(
        span,
        { 'rpc.grpc.status_code': code, 'holdfast.rows': call.rows },
        serverFaults.has(code) ? (status[code] ?? String(code)) : null,
      );
    },
  };
}

function headerOf(metadata: CallMetadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return value?.toString();
}
