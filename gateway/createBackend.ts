import { type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromServiceError } from '../platform/grpc/fromServiceError.ts';

// The gRPC side of the gateway: one channel a server, messages as the descriptors describe them, nothing of ours in between.

export interface BackendAddresses {
  readonly inference: string;
  readonly control: string;
}

export interface Backend {
  unary(method: DescMethod, request: Message, signal: AbortSignal): Promise<Message>;
  stream(method: DescMethod, request: Message, signal: AbortSignal): AsyncIterable<Message>;
  close(): void;
}

const unaryDeadlineMs = 60_000;
/** The services of the inference process; all others are control's. */
const inferenceServices = new Set(['holdfast.v1.PredictionService']);

export function createBackend(addresses: BackendAddresses): Backend {
  const connect = (address: string): Client =>
    new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    });
  const clients = { inference: connect(addresses.inference), control: connect(addresses.control) };
  const target = (method: DescMethod) => {
    const server = inferenceServices.has(method.parent.typeName) ? 'inference' : 'control';
    return { client: clients[server], peer: `the ${server} server at ${addresses[server]}` };
  };
  const coder = (method: DescMethod) => ({
    path: `/${method.parent.typeName}/${method.name}`,
    encode: (message: Message) => Buffer.from(toBinary(method.input, message)),
    decode: (bytes: Buffer): Message => fromBinary(method.output, bytes),
  });
  return {
    unary: (method, request, signal) =>
      new Promise((resolve, reject) => {
        const { client, peer } = target(method);
        const { path, encode, decode } = coder(method);
        const options = { deadline: Date.now() + unaryDeadlineMs };
        const call = client.makeUnaryRequest(
          path,
          encode,
          decode,
          request,
          new Metadata(),
          options,
          (error, response) => {
            signal.removeEventListener('abort', cancel);
            if (error !== null) reject(fromServiceError(error, peer));
            else if (response !== undefined) resolve(response);
          },
        );
        const cancel = (): void => call.cancel();
        signal.addEventListener('abort', cancel, { once: true });
      }),
    async *stream(method, request, signal) {
      const { client, peer } = target(method);
      const { path, encode, decode } = coder(method);
      const call = client.makeServerStreamRequest<Message, Message>(path, encode, decode, request);
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        yield* call;
      } catch (error) {
        throw isServiceError(error) ? fromServiceError(error, peer) : error;
      } finally {
        signal.removeEventListener('abort', cancel);
        call.cancel();
      }
    },
    close: () => {
      clients.inference.close();
      clients.control.close();
    },
  };
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
