import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { createDecoders, type DecodeResponse } from './decodeResponse.ts';
import { createEncoders, type EncodeRequest } from './encodeRequest.ts';

export interface Transcoder {
  readonly encoderOf: (type: DescMessage) => EncodeRequest;
  readonly decoderOf: (type: DescMessage) => DecodeResponse;
}

const made = new WeakMap<Registry, Transcoder>();

/** Plans are made once for all requests. */
export function transcoderOf(registry: Registry): Transcoder {
  let transcoder = made.get(registry);
  if (transcoder === undefined) {
    transcoder = { encoderOf: createEncoders(registry), decoderOf: createDecoders(registry) };
    made.set(registry, transcoder);
  }
  return transcoder;
}
