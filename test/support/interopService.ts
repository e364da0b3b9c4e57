import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type BoundService, bindService } from '../../platform/grpc/bindService.ts';
import { errorCodes, everyErrorCode, HoldfastError } from '../../platform/HoldfastError.ts';

// grpc.testing.TestService, which the interop client of every gRPC library calls, as grpc/doc/interop-test-descriptions.md has
// its servers behave; of its messages only the fields that the test cases use. Not implemented: UnimplementedCall, as the test
// cases want it, and HalfDuplexCall, which none of them calls.

interface InteropRequest {
  readonly payloadType: number;
  /** Of the payloads that are asked for. */
  readonly sizes: readonly number[];
  /** What to answer instead. */
  readonly status: { readonly code: number; readonly message: string } | null;
}

const COMPRESSABLE = 0;

/** One process is one server. */
const SERVER_ID = 'holdfast';

// Fields of SimpleRequest and StreamingOutputCallRequest, which agree but for the second.
const RESPONSE_TYPE = 1;
const RESPONSE_SIZE = 2;
const RESPONSE_PARAMETERS = 2;
const RESPONSE_STATUS = 7;
// The one field of StreamingInputCallRequest and StreamingInputCallResponse, and the first of the other responses.
const ONLY = 1;
const SERVER_ID_FIELD = 4;
const PAYLOAD_BODY = 2;

type Fields = Map<number, (number | Uint8Array)[]>;

function fieldsOf(message: Uint8Array): Fields {
  const fields: Fields = new Map();
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.Varint || wireType === WireType.LengthDelimited) {
      const value = wireType === WireType.Varint ? reader.int32() : reader.bytes();
      fields.set(field, [...(fields.get(field) ?? []), value]);
    } else reader.skip(wireType, field);
  }
  return fields;
}

const numberOf = (fields: Fields, field: number): number => Number(fields.get(field)?.at(-1) ?? 0);

const messagesOf = (fields: Fields, field: number): Uint8Array[] =>
  (fields.get(field) ?? []).filter(value => typeof value !== 'number');

const bytesOf = (fields: Fields, field: number): Uint8Array =>
  messagesOf(fields, field).at(-1) ?? new Uint8Array(0);

const readPayloadSize = (request: Uint8Array): number =>
  bytesOf(fieldsOf(bytesOf(fieldsOf(request), ONLY)), PAYLOAD_BODY).length;

const readRequest = (fields: Fields, sizes: readonly number[]): InteropRequest => {
  const status = messagesOf(fields, RESPONSE_STATUS).map(fieldsOf).at(-1);
  return {
    payloadType: numberOf(fields, RESPONSE_TYPE),
    sizes,
    status: status
      ? { code: numberOf(status, 1), message: new TextDecoder().decode(bytesOf(status, 2)) }
      : null,
  };
};

function readSimple(bytes: Buffer): InteropRequest {
  const fields = fieldsOf(bytes);
  return readRequest(fields, [numberOf(fields, RESPONSE_SIZE)]);
}

function readStreaming(bytes: Buffer): InteropRequest {
  const fields = fieldsOf(bytes);
  const parameters = messagesOf(fields, RESPONSE_PARAMETERS).map(fieldsOf);
  return readRequest(
    fields,
    parameters.map(each => numberOf(each, ONLY)),
  );
}

const writePayload = (size: number): BinaryWriter => {
  const payload = new BinaryWriter().tag(PAYLOAD_BODY, WireType.LengthDelimited).bytes(new Uint8Array(size));
  return new BinaryWriter().tag(ONLY, WireType.LengthDelimited).bytes(payload.finish());
};

const finished = (writer: BinaryWriter): Buffer => Buffer.from(writer.finish());

const streaming = (size: number): Buffer => finished(writePayload(size));

const simple = (size: number): Buffer =>
  finished(writePayload(size).tag(SERVER_ID_FIELD, WireType.LengthDelimited).string(SERVER_ID));

const aggregated = (size: number): Buffer =>
  finished(new BinaryWriter().tag(ONLY, WireType.Varint).int32(size));

const notServed = (): never => {
  throw new TypeError('Only servers are bound to this definition.');
};

const method = <const Streams extends { requestStream: boolean; responseStream: boolean }, Request, Response>(
  name: string,
  streams: Streams,
  read: (bytes: Buffer) => Request,
  write: (response: Response) => Buffer,
) => ({
  ...streams,
  path: `/grpc.testing.TestService/${name}`,
  requestDeserialize: read,
  responseSerialize: write,
  requestSerialize: notServed,
  responseDeserialize: (): Response => notServed(),
});

const unary = { requestStream: false, responseStream: false } as const;
const clientStream = { requestStream: true, responseStream: false } as const;
const serverStream = { requestStream: false, responseStream: true } as const;
const bidirectional = { requestStream: true, responseStream: true } as const;

const definition = {
  emptyCall: method(
    'EmptyCall',
    unary,
    () => ({}),
    (_empty: object) => Buffer.alloc(0),
  ),
  unaryCall: method('UnaryCall', unary, readSimple, simple),
  streamingOutputCall: method('StreamingOutputCall', serverStream, readStreaming, streaming),
  streamingInputCall: method('StreamingInputCall', clientStream, readPayloadSize, aggregated),
  fullDuplexCall: method('FullDuplexCall', bidirectional, readStreaming, streaming),
};

/** @throws HoldfastError the status that is asked for; internal where it is one that no error of ours has */
function refuse({ status, payloadType }: InteropRequest): void {
  if (status !== null && status.code !== 0)
    throw new HoldfastError(
      everyErrorCode.find(code => errorCodes[code].grpc === status.code) ?? 'internal',
      status.message,
    );
  if (payloadType !== COMPRESSABLE)
    throw new HoldfastError('invalidArgument', `Payloads are of the type 0, got ${payloadType}.`);
}

export const interopService: BoundService = bindService(definition, {
  emptyCall: async () => ({}),
  unaryCall: async request => {
    refuse(request);
    return request.sizes[0] ?? 0;
  },
  streamingOutputCall: async function* streamingOutputCall(request) {
    refuse(request);
    yield* request.sizes;
  },
  streamingInputCall: async requests => {
    let bytes = 0;
    for await (const payload of requests) bytes += payload;
    return bytes;
  },
  fullDuplexCall: async function* fullDuplexCall(requests) {
    for await (const request of requests) {
      refuse(request);
      yield* request.sizes;
    }
  },
});
