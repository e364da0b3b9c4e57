import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { ForwardedHeaders } from './createBackend.ts';

// Which headers go through to the server behind, as gRPC metadata. Metadata is ASCII, and so must they be: a key in other
// letters is told by unit_key or the id column.

/** @throws HoldfastError invalidArgument where a value is not ASCII */
export function forwardHeaders(headers: IncomingHttpHeaders, names: readonly string[]): ForwardedHeaders {
  const forwarded: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value))
      throw new HoldfastError(
        'invalidArgument',
        `The header ${name} is not plain ASCII text; expected letters, digits and signs of ASCII.`,
        { violations: [{ field: name, description: 'expected plain ASCII text' }] },
      );
    forwarded[name] = value;
  }
  return forwarded;
}
