import {
  type DescEnum,
  type DescField,
  type DescMessage,
  fromBinary,
  type Registry,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { decodeListValue, decodeStruct, decodeValue } from './decodeStruct.ts';
import { scalarDecoders } from './scalarDecoders.ts';
import { WireReader } from './WireReader.ts';

// The wire format to canonical proto3 JSON with every field that cannot be unset, in one pass and without the message in between:
// a plan of each message type is made once, of its descriptor. The library's own mapping is what the tests hold this against.

/** Made for one message type. @throws Error where the bytes are no such message */
export type DecodeResponse = (bytes: Buffer) => string;

export function createDecoders(registry: Registry): (type: DescMessage) => DecodeResponse {
  const plans = new Map<DescMessage, MessagePlan>();
  const decoderOf = (type: DescMessage): DecodeResponse => {
    switch (type.typeName) {
      case 'google.protobuf.Struct':
        return decodeStruct;
      case 'google.protobuf.Value':
        return decodeValue;
      case 'google.protobuf.ListValue':
        return decodeListValue;
      default:
        break;
    }
    // Types with a form of their own that are on no hot path.
    if (type.typeName.startsWith('google.protobuf.'))
      return bytes => JSON.stringify(toJson(type, fromBinary(type, bytes), { registry }));
    let plan = plans.get(type);
    if (plan === undefined) {
      plan = { fields: [], byNumber: new Map() };
      plans.set(type, plan);
      for (const [index, field] of type.fields.entries()) {
        const rivals = type.fields.flatMap((other, at) =>
          other !== field && other.oneof !== undefined && other.oneof === field.oneof ? [at] : [],
        );
        const fieldPlan = { ...planField(field, index, decoderOf), rivals };
        plan.fields.push(fieldPlan);
        plan.byNumber.set(field.number, fieldPlan);
      }
    }
    const ready = plan;
    return bytes => decodeFields(ready, bytes);
  };
  return decoderOf;
}

interface MessagePlan {
  readonly fields: FieldPlan[];
  readonly byNumber: Map<number, FieldPlan>;
}

/** What was read of a field so far: a JSON text; the texts of a list; of a map, by key; a message's bytes. */
type Slot = string | string[] | Map<string, string> | Buffer | undefined;

interface FieldPlan {
  readonly index: number;
  /** `"name":` */
  readonly name: string;
  readonly wireType: number;
  /** Then its values may also come packed. */
  readonly isList: boolean;
  /** The other fields of its oneof, by index. */
  readonly rivals: readonly number[];
  /** Where the field is not there; null: it is left out. */
  readonly absent: string | null;
  readonly read: (wire: WireReader, wireType: number, slot: Slot) => Slot;
  readonly write: (slot: Exclude<Slot, undefined>) => string;
}

function decodeFields({ fields, byNumber }: MessagePlan, bytes: Buffer): string {
  const wire = new WireReader(bytes);
  const slots: Slot[] = Array.from({ length: fields.length });
  while (!wire.isAtEnd) {
    const tag = wire.uint32();
    const plan = byNumber.get(tag >>> 3);
    const wireType = tag & 7;
    if (plan === undefined || !(wireType === plan.wireType || (plan.isList && wireType === 2)))
      wire.skip(wireType);
    else {
      slots[plan.index] = plan.read(wire, wireType, slots[plan.index]);
      // Of a oneof, the last counts.
      for (const rival of plan.rivals) slots[rival] = undefined;
    }
  }
  let json = '{';
  for (const { index, name, absent, write } of fields) {
    const slot = slots[index];
    const value = slot === undefined ? absent : write(slot);
    if (value !== null) json += json === '{' ? name + value : `,${name}${value}`;
  }
  return `${json}}`;
}

interface ValueDecoder {
  readonly wireType: number;
  readonly decode: (wire: WireReader) => string;
  readonly zero: string;
}

type DecoderOf = (type: DescMessage) => DecodeResponse;

function planField(field: DescField, index: number, decoderOf: DecoderOf): Omit<FieldPlan, 'rivals'> {
  const name = `${JSON.stringify(field.jsonName)}:`;
  switch (field.fieldKind) {
    case 'list':
      return { index, name, isList: true, absent: '[]', ...planList(valueDecoder(field, decoderOf)) };
    case 'map':
      return {
        index,
        name,
        isList: false,
        absent: '{}',
        ...planMap(field.mapKey, valueDecoder(field, decoderOf)),
      };
    case 'message': {
      // Of a message that comes in parts, the parts are one: they stand one behind the other.
      const { message } = field;
      return {
        index,
        name,
        isList: false,
        absent: null,
        wireType: 2,
        read: (wire, _wireType, slot) =>
          Buffer.isBuffer(slot) ? Buffer.concat([slot, wire.bytes()]) : wire.bytes(),
        write: slot => (Buffer.isBuffer(slot) ? decoderOf(message)(slot) : ''),
      };
    }
    default: {
      const { wireType, decode, zero } = valueDecoder(field, decoderOf);
      return {
        index,
        name,
        isList: false,
        absent: field.presence === FeatureSet_FieldPresence.IMPLICIT ? zero : null,
        wireType,
        read: decode,
        write: String,
      };
    }
  }
}

function planList({ wireType, decode }: ValueDecoder): Pick<FieldPlan, 'wireType' | 'read' | 'write'> {
  return {
    wireType,
    read: (wire, came, slot) => {
      const list = Array.isArray(slot) ? slot : [];
      if (came === wireType) list.push(decode(wire));
      else {
        // Packed: many values behind one length.
        const packed = new WireReader(wire.bytes());
        while (!packed.isAtEnd) list.push(decode(packed));
      }
      return list;
    },
    write: slot => (Array.isArray(slot) ? `[${slot.join()}]` : ''),
  };
}

function planMap(keyType: ScalarType, value: ValueDecoder): Pick<FieldPlan, 'wireType' | 'read' | 'write'> {
  const key = scalarDecoders[keyType];
  return {
    wireType: 2,
    read: (wire, _came, slot) => {
      const entries = slot instanceof Map ? slot : new Map<string, string>();
      const entry = new WireReader(wire.bytes());
      let name = key.zero;
      let text: string | undefined;
      while (!entry.isAtEnd) {
        const tag = entry.uint32();
        if (tag === ((1 << 3) | key.wireType)) name = key.decode(entry);
        else if (tag === ((2 << 3) | value.wireType)) text = value.decode(entry);
        else entry.skip(tag & 7);
      }
      return entries.set(name.startsWith('"') ? name : `"${name}"`, text ?? value.zero);
    },
    write: slot =>
      slot instanceof Map ? `{${[...slot].map(([name, text]) => `${name}:${text}`).join()}}` : '',
  };
}

function valueDecoder({ scalar, enum: enumType, message }: DescField, decoderOf: DecoderOf): ValueDecoder {
  if (scalar !== undefined) return scalarDecoders[scalar];
  if (enumType !== undefined) return enumDecoder(enumType);
  if (message === undefined) throw new TypeError('a field has no type');
  let decode: DecodeResponse | undefined;
  // Found when it is first needed: a message may lie in itself.
  const read = (bytes: Buffer): string => (decode ??= decoderOf(message))(bytes);
  return {
    wireType: 2,
    decode: wire => read(wire.bytes()),
    get zero() {
      return read(Buffer.alloc(0));
    },
  };
}

function enumDecoder({ typeName, values, value: byNumber }: DescEnum): ValueDecoder {
  if (typeName === 'google.protobuf.NullValue')
    return {
      wireType: 0,
      decode: wire => {
        wire.uint32();
        return 'null';
      },
      zero: 'null',
    };
  const write = (number: number): string => {
    const known = byNumber[number];
    return known === undefined ? String(number) : `"${known.name}"`;
  };
  return { wireType: 0, decode: wire => write(wire.uint32() | 0), zero: write(values[0]?.number ?? 0) };
}
