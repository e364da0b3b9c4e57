import type { JsonReader } from './JsonReader.ts';
import type { WireWriter } from './WireWriter.ts';

// google.protobuf.Struct, Value and ListValue: any JSON, straight to their wire format (google/protobuf/struct.proto). The hot
// path's customers are Structs.

/** A field's number and its kind on the wire, as one byte. */
const FIELDS = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;
const NULL_VALUE = 0x08;
const NUMBER_VALUE = 0x11;
const STRING_VALUE = 0x1a;
const BOOL_VALUE = 0x20;
const STRUCT_VALUE = 0x2a;
const LIST_VALUE = 0x32;
const VALUES = 0x0a;

/** The fields of a Struct, without a length before them. */
export function encodeStruct(json: JsonReader, wire: WireWriter): void {
  json.object(name => {
    wire.uint32(FIELDS);
    const entry = wire.open();
    wire.uint32(KEY);
    wire.string(name);
    wire.uint32(VALUE);
    nested(json, wire, encodeValue);
    wire.close(entry);
  });
}

export function encodeValue(json: JsonReader, wire: WireWriter): void {
  switch (json.kind()) {
    case 'text':
      wire.uint32(STRING_VALUE);
      return wire.string(json.string());
    case 'number':
      wire.uint32(NUMBER_VALUE);
      return wire.double(json.number());
    case 'object':
      wire.uint32(STRUCT_VALUE);
      return nested(json, wire, encodeStruct);
    case 'list':
      wire.uint32(LIST_VALUE);
      return nested(json, wire, encodeListValue);
    case 'null':
      json.takeNull();
      wire.uint32(NULL_VALUE);
      return wire.uint32(0);
    default:
      wire.uint32(BOOL_VALUE);
      return wire.uint32(json.boolean() ? 1 : 0);
  }
}

export function encodeListValue(json: JsonReader, wire: WireWriter): void {
  json.list(() => {
    wire.uint32(VALUES);
    nested(json, wire, encodeValue);
  });
}

function nested(
  json: JsonReader,
  wire: WireWriter,
  encode: (json: JsonReader, wire: WireWriter) => void,
): void {
  const start = wire.open();
  encode(json, wire);
  wire.close(start);
}
