import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { ForwardedHeaders } from './createBackend.ts';

// Which headers go through to the server behind, as gRPC metadata. Metadata is ASCII, and so must they be: a key in other
// letters is told by unit_key or the id column.

/** Of every call: who asks, and under which key a repetition is known. */
const always = ['x-holdfast-arm', 'x-api-key', 'authorization', 'x-forwarded-for', 'idempotency-key'];

/** Of a trace (W3C Trace Context): one that is not well formed is to be dropped, not refused. */
const traces: Readonly<Record<string, RegExp>> = {
  traceparent: /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  tracestate: /^[\x20-\x7e]{1,512}$/,
};

/**
 * @param names besides those that every call may have
 * @throws HoldfastError invalidArgument where a value is not ASCII
 */
export function forwardHeaders(
  headers: IncomingHttpHeaders,
  requestId: string,
  names: readonly string[],
): ForwardedHeaders {
  const forwarded: Record<string, string> = { 'x-request-id': requestId };
  for (const name of names) take(headers, name, forwarded);
  for (const name of always) take(headers, name, forwarded);
  for (const name of Object.keys(traces)) {
    const value = headers[name];
    if (typeof value === 'string' && traces[name].test(value)) forwarded[name] = value;
  }
  return forwarded;
}

function take(headers: IncomingHttpHeaders, name: string, forwarded: Record<string, string>): void {
  const value = headers[name];
  if (value === undefined || value === '') return;
  if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value))
    throw new HoldfastError(
      'invalidArgument',
      `The header ${name} is not plain ASCII text; expected letters, digits and signs of ASCII.`,
      { violations: [{ field: name, description: 'expected plain ASCII text' }] },
    );
  forwarded[name] = value;
}
