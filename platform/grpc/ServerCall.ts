// A call as it arrives, by itself or within a stream, before anybody has read it: what transports make and handlers answer.

/** gRPC metadata: texts, and bytes under names that end in `-bin`. */
export interface CallMetadata {
  /** @param name in lower case */
  get(name: string): readonly (string | Buffer)[];
  /** Of all that came, in lower case. */
  names(): readonly string[];
}

/** How a call failed. */
export interface CallStatus {
  /** gRPC's number. */
  readonly code: number;
  readonly details: string;
  /** A google.rpc.Status, where there is more to say. */
  readonly packed: Buffer | null;
}

export interface ServerCall {
  /** As `/holdfast.v1.PredictionService/Predict`. */
  readonly path: string;
  readonly metadata: CallMetadata;
  /** `127.0.0.1:4711`, or `unknown`. */
  readonly peer: string;
  /** Milliseconds since 1970; Infinity where the caller gave none. */
  readonly deadline: number;
  /** True once the caller went away or its deadline passed. */
  readonly cancelled: boolean;
  /** Told of the moment when that becomes true. */
  onCancelled(listener: () => void): void;
  /** Ends the call; nothing happens where it has ended. */
  fail(status: CallStatus): void;
}

export interface UnaryCall extends ServerCall {
  /**
   * The request, once: a promise where it has yet to come.
   * @throws HoldfastError where it is too large, cut off, or not one message; Error where the caller went away
   */
  read(): Buffer | Promise<Buffer>;
  answer(message: Buffer): void;
}

export interface StreamCall extends ServerCall {
  /** The requests, once; as UnaryCall.read() throws. */
  messages(): AsyncIterable<Buffer>;
  /** @returns false where it is better to wait until `drained` before the next one */
  write(message: Buffer): boolean;
  /** Settles when the caller has read on, or at the signal. */
  drained(signal: AbortSignal): Promise<void>;
  /** Ends the call with OK. */
  end(): void;
}

export type UnaryHandler = (call: UnaryCall) => void;
export type StreamHandler = (call: StreamCall) => void;
