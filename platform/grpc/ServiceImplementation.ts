import type { CallContext } from './CallContext.ts';

// Types that turn a generated service definition (proto/gen) into the functions that implement it: a request in, a promise
// out; streams are async iterables. A handler throws HoldfastError and never sees grpc-js.

/** In method notation, whose parameters TypeScript compares both ways, so that any generated method is one. */
export interface MethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  requestSerialize(request: unknown): Buffer;
  requestDeserialize(bytes: Buffer): unknown;
  responseSerialize(response: unknown): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

export type ServiceDefinition = Readonly<Record<string, MethodDefinition>>;

export type RequestOf<M extends MethodDefinition> = ReturnType<M['requestDeserialize']>;
export type ResponseOf<M extends MethodDefinition> = ReturnType<M['responseDeserialize']>;

type RequestSide<M extends MethodDefinition> = M['requestStream'] extends true
  ? AsyncIterable<RequestOf<M>>
  : RequestOf<M>;
type ResponseSide<M extends MethodDefinition> = M['responseStream'] extends true
  ? AsyncIterable<ResponseOf<M>>
  : Promise<ResponseOf<M>>;

export type Handler<M extends MethodDefinition> = (
  request: RequestSide<M>,
  context: CallContext,
) => ResponseSide<M>;

export type ServiceImplementation<S extends ServiceDefinition> = {
  readonly [Method in keyof S]: Handler<S[Method]>;
};
