import { Metadata } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';

/** The metadata of a call, with the trace that it is made in; the very same where there is none. */
export function injectTrace(metadata: Metadata): Metadata {
  if (trace.getActiveSpan() === undefined) return metadata;
  const traced = metadata.clone();
  propagation.inject(context.active(), traced, { set: (target, name, value) => target.set(name, value) });
  return traced;
}

/** The same of metadata that is still a plain object. */
export function traceHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (trace.getActiveSpan() === undefined) return headers;
  const traced = { ...headers };
  propagation.inject(context.active(), traced);
  return traced;
}
