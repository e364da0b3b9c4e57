import {
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { isObject } from './parseJson.ts';

/** A message as proto3 JSON with proto names, but with numbers for 64-bit integers: stock clients take no texts there. */
export const toPlainJson = (desc: DescMessage, message: Message): JsonValue =>
  withNumbers(desc, toJson(desc, message, { alwaysEmitImplicit: true, useProtoFieldName: true }));

function withNumbers({ fields }: DescMessage, json: JsonValue): JsonValue {
  if (!isObject(json)) return json;
  const plain = { ...json };
  for (const field of fields) {
    const value = json[field.name];
    if (value === undefined || field.fieldKind === 'map') continue;
    plain[field.name] = Array.isArray(value)
      ? value.map(element => toNumber(field, element))
      : toNumber(field, value);
  }
  return plain;
}

function toNumber({ message, scalar }: DescField, value: JsonValue): JsonValue {
  if (message !== undefined) return withNumbers(message, value);
  return scalar !== undefined && longs.has(scalar) ? Number(value) : value;
}

const longs: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);
