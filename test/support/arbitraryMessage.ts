import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import * as fc from 'fast-check';

// Canonical JSON of any message type, drawn: what it holds is chosen by its descriptor alone.

const text = fc.string({ unit: 'binary', maxLength: 12 });
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', 0, -0, 1e300),
);
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const int32 = fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, -1, 127, 128));
const uint32 = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const bytes = fc.uint8Array({ maxLength: 9 }).map(each => Buffer.from(each).toString('base64'));

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<JsonValue>>> = {
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: float,
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: bytes,
};

const anyJson = fc.jsonValue({ maxDepth: 3 });
const anyObject = fc.dictionary(text, anyJson, { maxKeys: 5 });

const ownForms: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'google.protobuf.Struct': anyObject,
  'google.protobuf.Value': anyJson,
  'google.protobuf.ListValue': fc.array(anyJson, { maxLength: 4 }),
  'google.protobuf.Timestamp': fc
    .date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map(each => each.toISOString()),
  'google.protobuf.FieldMask': fc.constantFrom('', 'a', 'a,b.c'),
  'google.protobuf.Duration': fc.constantFrom('0s', '1.5s', '-3s'),
};

/** At most so many fields of a message, and messages in one another. */
const FIELDS = 12;

export function arbitraryJson(type: DescMessage, depth = 3): fc.Arbitrary<JsonValue> {
  const own = ownForms[type.typeName];
  if (own !== undefined) return own.map(toJsonValue);
  if (type.typeName.startsWith('google.protobuf.')) return fc.constant({});
  const usable = type.fields.filter(
    field => depth > 0 || field.message === undefined || field.message.typeName in ownForms,
  );
  return fc
    .uniqueArray(fc.nat({ max: Math.max(0, usable.length - 1) }), {
      maxLength: Math.min(FIELDS, usable.length),
    })
    .map(places => withoutRivals(places.map(place => usable[place])))
    .chain(fields =>
      fc
        .tuple(...fields.map(field => arbitraryField(field, depth - 1)))
        .map(values => Object.fromEntries(fields.map((field, at) => [field.jsonName, values[at]]))),
    );
}

/** Of a oneof only one. */
const withoutRivals = (fields: readonly DescField[]): DescField[] =>
  fields.filter(
    (field, at) =>
      field.oneof === undefined || !fields.slice(0, at).some(other => other.oneof === field.oneof),
  );

function arbitraryField(field: DescField, depth: number): fc.Arbitrary<JsonValue> {
  const { scalar, enum: enumType, message } = field;
  const one =
    scalar !== undefined
      ? scalars[scalar]
      : enumType !== undefined
        ? fc.constantFrom(...enumType.values.map(({ name }) => name))
        : message !== undefined
          ? arbitraryJson(message, depth)
          : fc.constant(null);
  if (field.fieldKind === 'list') return fc.array(one, { maxLength: 4 });
  if (field.fieldKind !== 'map') return one;
  const key = field.mapKey === ScalarType.STRING ? text : scalars[field.mapKey].map(String);
  return fc.dictionary(key, one, { maxKeys: 4 });
}

const toJsonValue = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value));

/** The same as the library understands it. */
export const arbitraryMessage = (type: DescMessage): fc.Arbitrary<{ json: JsonValue; message: Message }> =>
  arbitraryJson(type)
    .map(toJsonValue)
    .map(json => ({ json, message: json === null ? create(type) : fromJson(type, json) }));
