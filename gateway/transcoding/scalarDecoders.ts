import { ScalarType } from '@bufbuild/protobuf';
import type { WireReader } from './WireReader.ts';

// One scalar from the wire to its JSON text, by the rules of canonical proto3 JSON; and the text of a scalar that is not there.

export interface ScalarDecoder {
  readonly wireType: 0 | 1 | 2 | 5;
  readonly decode: (wire: WireReader) => string;
  readonly zero: string;
}

const quoted = (value: bigint): string => `"${value}"`;
const real = (value: number): string => (Number.isFinite(value) ? String(value) : `"${value}"`);

const number = (wireType: 0 | 1 | 5, decode: ScalarDecoder['decode']): ScalarDecoder => ({
  wireType,
  decode,
  zero: '0',
});
const long = (wireType: 0 | 1, decode: (wire: WireReader) => bigint): ScalarDecoder => ({
  wireType,
  decode: wire => quoted(decode(wire)),
  zero: '"0"',
});

export const scalarDecoders: Readonly<Record<ScalarType, ScalarDecoder>> = {
  [ScalarType.DOUBLE]: number(1, wire => real(wire.double())),
  [ScalarType.FLOAT]: number(5, wire => real(wire.float())),
  [ScalarType.INT32]: number(0, wire => String(wire.uint32() | 0)),
  [ScalarType.UINT32]: number(0, wire => String(wire.uint32())),
  [ScalarType.SINT32]: number(0, wire => {
    const value = wire.uint32();
    return String((value >>> 1) ^ -(value & 1));
  }),
  [ScalarType.FIXED32]: number(5, wire => String(wire.fixed32())),
  [ScalarType.SFIXED32]: number(5, wire => String(wire.fixed32() | 0)),
  [ScalarType.INT64]: long(0, wire => BigInt.asIntN(64, wire.uint64())),
  [ScalarType.UINT64]: long(0, wire => wire.uint64()),
  [ScalarType.SINT64]: long(0, wire => {
    const value = wire.uint64();
    return (value >> 1n) ^ -(value & 1n);
  }),
  [ScalarType.FIXED64]: long(1, wire => wire.fixed64()),
  [ScalarType.SFIXED64]: long(1, wire => BigInt.asIntN(64, wire.fixed64())),
  [ScalarType.BOOL]: {
    wireType: 0,
    decode: wire => (wire.uint64() === 0n ? 'false' : 'true'),
    zero: 'false',
  },
  [ScalarType.STRING]: { wireType: 2, decode: wire => JSON.stringify(wire.string()), zero: '""' },
  [ScalarType.BYTES]: { wireType: 2, decode: wire => `"${wire.bytes().toString('base64')}"`, zero: '""' },
};
