import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

// The span of a call or request that a server of ours answers: begun under what the caller's headers say, over all that is done
// for it.

export interface ServerSpan {
  readonly span: Span;
  /** Does work as part of the span: what it logs, calls and starts belongs to it, also later. */
  within<T>(work: () => T): T;
}

/**
 * @param headers what the caller sent, by lower-case name
 * @param headerOf reads one of them
 */
export function startServerSpan<Headers>(
  name: string,
  attributes: Attributes,
  headers: Headers,
  headerOf: (headers: Headers, name: string) => string | undefined,
): ServerSpan {
  const caller = propagation.extract(ROOT_CONTEXT, headers, {
    get: headerOf,
    keys: () => [],
  });
  const span = trace.getTracer('holdfast').startSpan(name, { kind: SpanKind.SERVER, attributes }, caller);
  const own = trace.setSpan(caller, span);
  return { span, within: work => context.with(own, work) };
}

/** @param failure of the server, which a caller's own mistake is not */
export function endServerSpan(span: Span, attributes: Attributes, failure: string | null): void {
  span.setAttributes(attributes);
  if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end();
}
