import { type DescField, type DescMessage, fromJson, type Registry, toBinary } from '@bufbuild/protobuf';
import { shorten } from '../../platform/shorten.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { encodeListValue, encodeStruct, encodeValue } from './encodeStruct.ts';
import { enumEncoder } from './enumEncoder.ts';
import { JsonFault } from './JsonFault.ts';
import { JsonReader } from './JsonReader.ts';
import { keyEncoder } from './keyEncoder.ts';
import { type Encode, scalarEncoders } from './scalarEncoders.ts';
import { WireWriter } from './WireWriter.ts';

// Canonical proto3 JSON (protobuf.dev/programming-guides/json) to the wire format, in one pass and without the message in between: a
// plan of each message type is made once, of its descriptor. Stricter than the canon in one thing: a number that no value of an
// enum has is refused. The library's own mapping is what the tests hold this against.

/** Fields of the request that stand elsewhere than in the text: a text that has them too must say the same. */
export type BoundFields = ReadonlyMap<DescField, BoundValue>;

export interface BoundValue {
  readonly value: string;
  /** For people: `the path`, `the header if-match`. */
  readonly place: string;
}

/** Made for one message type: a JSON text becomes the message's bytes. @throws JsonFault */
export type EncodeRequest = (text: string, bound: BoundFields) => Buffer;

/** Shared by all: encoding never waits, so that no two are under way at a time. */
const wire = new WireWriter();

export function createEncoders(registry: Registry): (type: DescMessage) => EncodeRequest {
  const plans = new Map<DescMessage, MessagePlan>();
  const planOf = (type: DescMessage): MessagePlan => {
    let plan = plans.get(type);
    if (plan === undefined) {
      plan = new MessagePlan(type);
      plans.set(type, plan);
      plan.fields = readFields(type, { registry, planOf });
    }
    return plan;
  };
  const encoders = new Map<DescMessage, EncodeRequest>();
  return type => {
    const made = encoders.get(type);
    if (made !== undefined) return made;
    const plan = planOf(type);
    const encode: EncodeRequest = (text, bound) => {
      wire.begin();
      if (text !== '') {
        const json = new JsonReader(text);
        encodeFields(plan, json, wire, bound);
        json.end();
      }
      for (const [field, { value }] of bound) {
        wire.uint32(tagOf(field.number, 2));
        wire.string(wellFormed(field, value));
      }
      return wire.finish();
    };
    encoders.set(type, encode);
    return encode;
  };
}

function wellFormed({ jsonName }: DescField, text: string): string {
  if (text.isWellFormed()) return text;
  throw new JsonFault(jsonName, 'expected text without half characters (lone surrogates)');
}

class MessagePlan {
  readonly type: DescMessage;
  /** By both spellings of each name. */
  fields: ReadonlyMap<string, FieldPlan> = new Map();

  constructor(type: DescMessage) {
    this.type = type;
  }
}

interface FieldPlan {
  readonly field: DescField;
  /** Fields of a message are told apart by it: both spellings of a name have one. */
  readonly index: number;
  readonly takesNull: boolean;
  /** Tag and all; the value is not null. */
  readonly encode: Encode;
}

interface PlanContext {
  readonly registry: Registry;
  readonly planOf: (type: DescMessage) => MessagePlan;
}

const none: BoundFields = new Map();

function encodeFields(plan: MessagePlan, json: JsonReader, out: WireWriter, bound: BoundFields = none): void {
  // A bit for each field, so far as there are bits; few messages have more.
  let seen = 0;
  let seenMore: Set<number> | undefined;
  let oneofs: Map<string, string> | undefined;
  json.object(name => {
    const fieldPlan = plan.fields.get(name);
    if (fieldPlan === undefined) throw unknownField(plan, name, json);
    const { field, index } = fieldPlan;
    if (index < 31 ? (seen & (1 << index)) !== 0 : (seenMore ??= new Set()).has(index))
      throw json.fault(`this field is set multiple times, as ${field.name} and as ${field.jsonName}`);
    if (index < 31) seen |= 1 << index;
    else seenMore?.add(index);
    if (!fieldPlan.takesNull && json.takeNull()) return;
    const group = field.oneof?.name;
    if (group !== undefined) {
      const other = (oneofs ??= new Map()).get(group);
      if (other !== undefined) throw json.fault(`expected at most one of ${other} and ${field.jsonName}`);
      oneofs.set(group, field.jsonName);
    }
    const elsewhere = bound.get(field);
    if (elsewhere === undefined) return fieldPlan.encode(json, out);
    const given = json.string();
    if (given !== '' && given !== elsewhere.value)
      throw json.fault(
        `is ${JSON.stringify(shorten(given, 60))} in the request but ${JSON.stringify(elsewhere.value)} in ${elsewhere.place}; leave it out of the request`,
      );
  });
}

function unknownField({ type, fields }: MessagePlan, name: string, json: JsonReader): JsonFault {
  const known = type.fields.map(({ jsonName }) => jsonName);
  return json.fault(
    `unknown in ${type.name}.${didYouMean(name, fields.keys())} Expected ${known.join(', ') || 'none'}`,
  );
}

const tagOf = (number: number, wireType: number): number => ((number << 3) | wireType) >>> 0;

function readFields(type: DescMessage, context: PlanContext): ReadonlyMap<string, FieldPlan> {
  const fields = new Map<string, FieldPlan>();
  for (const [index, field] of type.fields.entries()) {
    const plan: FieldPlan = {
      field,
      index,
      takesNull: field.fieldKind !== 'list' && field.fieldKind !== 'map' && isNullable(field),
      encode: encoderOf(field, context),
    };
    fields.set(field.jsonName, plan);
    fields.set(field.name, plan);
  }
  return fields;
}

/** null is a value of these; of all others it says that there is none. */
const isNullable = ({ message, enum: type }: DescField): boolean =>
  message?.typeName === 'google.protobuf.Value' || type?.typeName === 'google.protobuf.NullValue';

function encoderOf(field: DescField, context: PlanContext): Encode {
  switch (field.fieldKind) {
    case 'list':
      return listEncoder(field, context);
    case 'map':
      return mapEncoder(field, context);
    default: {
      const { wireType, encode } = valueEncoder(field, context);
      const tag = tagOf(field.number, wireType);
      return (json, out) => {
        out.uint32(tag);
        encode(json, out);
      };
    }
  }
}

function listEncoder(field: DescField & { fieldKind: 'list' }, context: PlanContext): Encode {
  const { wireType, encode } = valueEncoder(field, context);
  const refusesNull = !isNullable(field);
  if (wireType !== 2) {
    const tag = tagOf(field.number, field.packed ? 2 : wireType);
    const { packed } = field;
    return (json, out) => {
      let start = -1;
      json.list(() => {
        if (refusesNull && json.kind() === 'null') throw json.fault('expected no null in a list');
        if (!packed || start < 0) out.uint32(tag);
        if (packed && start < 0) start = out.open();
        encode(json, out);
      });
      if (start >= 0) out.close(start);
    };
  }
  const tag = tagOf(field.number, wireType);
  return (json, out) =>
    json.list(() => {
      if (refusesNull && json.kind() === 'null') throw json.fault('expected no null in a list');
      out.uint32(tag);
      encode(json, out);
    });
}

function mapEncoder(field: DescField & { fieldKind: 'map' }, context: PlanContext): Encode {
  const { wireType, encode } = valueEncoder(field, context);
  const [tag, keyTag, valueTag] = [
    tagOf(field.number, 2),
    tagOf(1, scalarEncoders[field.mapKey].wireType),
    tagOf(2, wireType),
  ];
  const refusesNull = !isNullable(field);
  const encodeKey = keyEncoder(field.mapKey);
  return (json, out) =>
    json.object(name => {
      if (refusesNull && json.kind() === 'null') throw json.fault('expected no null in a map');
      out.uint32(tag);
      const entry = out.open();
      out.uint32(keyTag);
      encodeKey(name, json, out);
      out.uint32(valueTag);
      encode(json, out);
      out.close(entry);
    });
}

/** One value without its tag. */
function valueEncoder(
  field: DescField,
  context: PlanContext,
): { readonly wireType: 0 | 1 | 2 | 5; readonly encode: Encode } {
  const { scalar, enum: enumType, message } = field;
  if (scalar !== undefined) return scalarEncoders[scalar];
  if (enumType !== undefined) return { wireType: 0, encode: enumEncoder(enumType) };
  if (message === undefined) throw new TypeError('a field has no type');
  if (field.fieldKind === 'message' && field.delimitedEncoding)
    throw new TypeError(`${field.toString()} is a group, which REST does not know`);
  const encode = messageEncoder(message, context);
  return {
    wireType: 2,
    encode: (json, out) => {
      const start = out.open();
      encode(json, out);
      out.close(start);
    },
  };
}

function messageEncoder(type: DescMessage, context: PlanContext): Encode {
  switch (type.typeName) {
    case 'google.protobuf.Struct':
      return encodeStruct;
    case 'google.protobuf.Value':
      return encodeValue;
    case 'google.protobuf.ListValue':
      return encodeListValue;
    default:
      break;
  }
  if (type.typeName.startsWith('google.protobuf.')) return libraryEncoder(type, context.registry);
  const plan = context.planOf(type);
  return (json, out) => encodeFields(plan, json, out);
}

/** Types with a form of their own that are on no hot path: read strictly here, understood by the library. */
function libraryEncoder(type: DescMessage, registry: Registry): Encode {
  return (json, out) => {
    const value = json.value();
    try {
      out.raw(toBinary(type, fromJson(type, value, { registry })));
    } catch (error) {
      if (error instanceof JsonFault) throw error;
      throw json.fault(`expected a ${type.name}, got ${shorten(JSON.stringify(value), 60)}`);
    }
  };
}
