import { HoldfastError } from '../HoldfastError.ts';

// grpc-js answers INTERNAL when a request's bytes do not parse. Here the parse never throws: the bytes become a value of this
// class, and the method's wrapper answers INVALID_ARGUMENT.

export class MalformedMessage {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }

  /** What a deserialiser itself had to say of the message, or else that it is none. */
  toError(path: string): HoldfastError {
    if (this.cause instanceof HoldfastError) return this.cause;
    return new HoldfastError(
      'invalidArgument',
      `The request to ${path} is not a valid protobuf message of its type. Generate the client from this server's .proto files, or ask its reflection service for them.`,
      { cause: this.cause },
    );
  }
}

/** A deserialiser that answers a MalformedMessage where the given one throws. */
export const guardDeserialize =
  <T>(deserialize: (bytes: Buffer) => T) =>
  (bytes: Buffer): T | MalformedMessage => {
    try {
      return deserialize(bytes);
    } catch (cause) {
      return new MalformedMessage(cause);
    }
  };
