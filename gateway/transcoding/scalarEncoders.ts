import { ScalarType } from '@bufbuild/protobuf';
import { shorten } from '../../platform/shorten.ts';
import type { JsonReader } from './JsonReader.ts';
import type { WireWriter } from './WireWriter.ts';

// One JSON value to one scalar on the wire, without its tag, by the rules of canonical proto3 JSON: whole numbers also as texts, 64
// bits exactly, NaN and the infinities as texts, bytes in base64 of either alphabet.

export type Encode = (json: JsonReader, wire: WireWriter) => void;

export interface ScalarEncoder {
  readonly wireType: 0 | 1 | 2 | 5;
  readonly encode: Encode;
}

const int32: ScalarEncoder = {
  wireType: 0,
  encode: (json, wire) => {
    const value = whole(json, -(2 ** 31), 2 ** 31 - 1, 'int32');
    if (value >= 0) wire.uint32(value);
    else wire.uint64(BigInt(value));
  },
};
const uint32: ScalarEncoder = {
  wireType: 0,
  encode: (json, wire) => wire.uint32(whole(json, 0, 2 ** 32 - 1, 'uint32')),
};
const int64: ScalarEncoder = {
  wireType: 0,
  encode: (json, wire) => wire.uint64(wholeLong(json, -(2n ** 63n), 2n ** 63n - 1n, 'int64')),
};
const uint64: ScalarEncoder = {
  wireType: 0,
  encode: (json, wire) => wire.uint64(wholeLong(json, 0n, 2n ** 64n - 1n, 'uint64')),
};

export const scalarEncoders: Readonly<Record<ScalarType, ScalarEncoder>> = {
  [ScalarType.INT32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.SINT32]: {
    wireType: 0,
    encode: (json, wire) => {
      const value = whole(json, -(2 ** 31), 2 ** 31 - 1, 'sint32');
      wire.uint32(((value << 1) ^ (value >> 31)) >>> 0);
    },
  },
  [ScalarType.SINT64]: {
    wireType: 0,
    encode: (json, wire) => {
      const value = wholeLong(json, -(2n ** 63n), 2n ** 63n - 1n, 'sint64');
      wire.uint64((value << 1n) ^ (value >> 63n));
    },
  },
  [ScalarType.FIXED32]: {
    wireType: 5,
    encode: (json, wire) => wire.fixed32(whole(json, 0, 2 ** 32 - 1, 'fixed32')),
  },
  [ScalarType.SFIXED32]: {
    wireType: 5,
    encode: (json, wire) => wire.fixed32(whole(json, -(2 ** 31), 2 ** 31 - 1, 'sfixed32')),
  },
  [ScalarType.FIXED64]: {
    wireType: 1,
    encode: (json, wire) => wire.fixed64(wholeLong(json, 0n, 2n ** 64n - 1n, 'fixed64')),
  },
  [ScalarType.SFIXED64]: {
    wireType: 1,
    encode: (json, wire) => wire.fixed64(wholeLong(json, -(2n ** 63n), 2n ** 63n - 1n, 'sfixed64')),
  },
  [ScalarType.DOUBLE]: { wireType: 1, encode: (json, wire) => wire.double(real(json, 'double')) },
  [ScalarType.FLOAT]: {
    wireType: 5,
    encode: (json, wire) => {
      const value = real(json, 'float');
      if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
        throw json.fault(`expected a number that a float holds, got ${value}`);
      wire.float(value);
    },
  },
  [ScalarType.BOOL]: { wireType: 0, encode: (json, wire) => wire.uint32(json.boolean() ? 1 : 0) },
  [ScalarType.STRING]: { wireType: 2, encode: (json, wire) => wire.string(json.string()) },
  [ScalarType.BYTES]: { wireType: 2, encode: (json, wire) => wire.bytes(base64(json)) },
};

/** As JSON writes one, also where it stands in a text. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/** A number as it is written, bare or as a text. */
function digits(json: JsonReader, expected: string): string {
  const kind = json.kind();
  if (kind === 'number') return json.numberText();
  if (kind !== 'text') throw json.unexpected(expected);
  const text = json.string();
  if (NUMBER.test(text)) return text;
  throw json.fault(`expected ${expected}, got ${JSON.stringify(shorten(text, SHOWN))}`);
}

function whole(json: JsonReader, least: number, most: number, type: string): number {
  const expected = `a whole number (${type})`;
  const text = digits(json, expected);
  const value = Number(text);
  if (!Number.isInteger(value)) throw json.fault(`expected ${expected}, got ${shorten(text, SHOWN)}`);
  if (value >= least && value <= most) return value;
  throw json.fault(`expected ${expected} from ${least} to ${most}, got ${shorten(text, SHOWN)}`);
}

function wholeLong(json: JsonReader, least: bigint, most: bigint, type: string): bigint {
  const expected = `a whole number (${type})`;
  const isText = json.kind() === 'text';
  const text = digits(json, expected);
  // The largest that fit have 20 digits.
  const value = INTEGER.test(text) && text.length <= 21 ? BigInt(text) : isText ? null : exactly(text);
  if (value === null) throw json.fault(`expected ${expected}, got ${shorten(text, SHOWN)}`);
  if (value >= least && value <= most) return value;
  throw json.fault(`expected ${expected} from ${least} to ${most}, got ${shorten(text, SHOWN)}`);
}

/** 1e3 and 5.0 are whole numbers too, as far as a double is exact; one that rounding makes whole is none. */
function exactly(text: string): bigint | null {
  const value = Number(text);
  const [, fraction = '', exponent = '0'] = /^[^.eE]*(?:\.(\d*))?(?:[eE](.*))?$/.exec(text) ?? [];
  const behindPoint = fraction.replace(/0+$/, '').length - Number(exponent);
  return Number.isSafeInteger(value) && (value === 0 || behindPoint <= 0) ? BigInt(value) : null;
}

function real(json: JsonReader, type: string): number {
  if (json.kind() === 'number') return json.number();
  if (json.kind() !== 'text') throw json.unexpected(`a number (${type})`);
  const text = json.string();
  if (text in notFinite) return notFinite[text];
  const value = Number(text);
  if (NUMBER.test(text) && Number.isFinite(value)) return value;
  throw json.fault(`expected a number (${type}), got ${JSON.stringify(shorten(text, SHOWN))}`);
}

const notFinite: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
});

function base64(json: JsonReader): Buffer {
  if (json.kind() !== 'text') throw json.unexpected('bytes as a text in base64');
  const text = json.string();
  const [padding = ''] = /={0,2}$/.exec(text) ?? [];
  const length = text.length - padding.length;
  const isComplete = padding === '' ? length % 4 !== 1 : text.length % 4 === 0;
  if (isComplete && BASE64.test(text)) return Buffer.from(text, 'base64');
  throw json.fault(`expected bytes in base64, got ${JSON.stringify(shorten(text, SHOWN))}`);
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const SHOWN = 60;
