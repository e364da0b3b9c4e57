import { HoldfastError } from '../HoldfastError.ts';

/** Of a request whose bytes do not parse: what a deserialiser itself had to say of it, or else that it is none. */
export function malformedRequest(path: string, cause: unknown): HoldfastError {
  if (cause instanceof HoldfastError) return cause;
  return new HoldfastError(
    'invalidArgument',
    `The request to ${path} is not a valid protobuf message of its type. Generate the client from this server's .proto files, or ask its reflection service for them.`,
    { cause },
  );
}
