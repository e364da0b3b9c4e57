import { isSpanContextValid, trace } from '@opentelemetry/api';

/** What a log line says of the trace that it was written in; nothing where there is none. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined || !isSpanContextValid(span)
    ? {}
    : { trace_id: span.traceId, span_id: span.spanId };
}
