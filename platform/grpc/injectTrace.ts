import { Metadata } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';

/** The metadata of a call, with the trace that it is made in; the very same where there is none. */
export function injectTrace(metadata: Metadata): Metadata {
  if (trace.getActiveSpan() === undefined) return metadata;
  const traced = metadata.clone();
  propagation.inject(context.active(), traced, { set: (target, name, value) => target.set(name, value) });
  return traced;
}
