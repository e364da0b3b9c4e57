import { WireReader } from './WireReader.ts';

// google.protobuf.Struct, Value and ListValue from their wire format to the JSON that they stand for.

export function decodeStruct(bytes: Buffer): string {
  const wire = new WireReader(bytes);
  const entries = new Map<string, string>();
  while (!wire.isAtEnd) {
    const tag = wire.uint32();
    if (tag !== ENTRY) wire.skip(tag & 7);
    else readEntry(wire.bytes(), entries);
  }
  return `{${[...entries].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`;
}

function readEntry(bytes: Buffer, entries: Map<string, string>): void {
  const wire = new WireReader(bytes);
  let name = '';
  let value = 'null';
  while (!wire.isAtEnd) {
    const tag = wire.uint32();
    if (tag === KEY) name = wire.string();
    else if (tag === VALUE) value = decodeValue(wire.bytes());
    else wire.skip(tag & 7);
  }
  entries.set(name, value);
}

export function decodeValue(bytes: Buffer): string {
  const wire = new WireReader(bytes);
  let value = 'null';
  while (!wire.isAtEnd) {
    const tag = wire.uint32();
    if (tag === STRING_VALUE) value = JSON.stringify(wire.string());
    else if (tag === NUMBER_VALUE) value = finite(wire.double());
    else if (tag === BOOL_VALUE) value = wire.uint32() === 0 ? 'false' : 'true';
    else if (tag === STRUCT_VALUE) value = decodeStruct(wire.bytes());
    else if (tag === LIST_VALUE) value = decodeListValue(wire.bytes());
    else wire.skip(tag & 7);
  }
  return value;
}

export function decodeListValue(bytes: Buffer): string {
  const wire = new WireReader(bytes);
  const values: string[] = [];
  while (!wire.isAtEnd) {
    const tag = wire.uint32();
    if (tag === VALUES) values.push(decodeValue(wire.bytes()));
    else wire.skip(tag & 7);
  }
  return `[${values.join()}]`;
}

function finite(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw new RangeError(`a google.protobuf.Value holds ${value}, which JSON has no word for`);
}

const ENTRY = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;
const VALUES = 0x0a;
const NUMBER_VALUE = 0x11;
const STRING_VALUE = 0x1a;
const BOOL_VALUE = 0x20;
const STRUCT_VALUE = 0x2a;
const LIST_VALUE = 0x32;
