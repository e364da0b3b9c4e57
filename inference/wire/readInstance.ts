import type { InstanceReader } from '../InstanceReader.ts';
import { IGNORED } from '../Signature.ts';
import { BYTES, FIXED64, VARINT, WireReader } from './WireReader.ts';

// One google.protobuf.Struct, from its bytes straight into the columns: names and levels are found by their UTF-8, numbers
// are read where they stand, and a text becomes a string only where it is no known level.

const FIELDS = (1 << 3) | BYTES;
const KEY = (1 << 3) | BYTES;
const VALUE = (2 << 3) | BYTES;
const NULL = (1 << 3) | VARINT;
const NUMBER = (2 << 3) | FIXED64;
const TEXT = (3 << 3) | BYTES;
const BOOLEAN = (4 << 3) | VARINT;
const STRUCT = (5 << 3) | BYTES;
const LIST = (6 << 3) | BYTES;

/**
 * @param wire at the message's first byte, and set to its end; afterwards it stands there
 * @throws WireError where the bytes are no Struct
 */
export function readInstance(reader: InstanceReader, wire: WireReader, row: number): void {
  const { end } = wire;
  while (wire.position < end) {
    wire.end = end;
    const tag = wire.uint32();
    if (tag !== FIELDS) {
      wire.skip(tag);
      continue;
    }
    wire.end = wire.length();
    readEntry(reader, wire, row);
  }
  reader.endRow(row);
}

/** One entry of the Struct's map. As with any field, the last key and the last value count; without a value it is not there. */
function readEntry(reader: InstanceReader, wire: WireReader, row: number): void {
  const { end } = wire;
  let keyFrom = 0;
  let keyTo = 0;
  let valueFrom = -1;
  let valueTo = 0;
  while (wire.position < end) {
    const tag = wire.uint32();
    if (tag === KEY) {
      keyTo = wire.length();
      keyFrom = wire.position;
      wire.position = keyTo;
    } else if (tag === VALUE) {
      valueTo = wire.length();
      valueFrom = wire.position;
      wire.position = valueTo;
    } else wire.skip(tag);
  }
  if (valueFrom !== -1) {
    const { signature } = reader;
    const name = signature.nameBytes.find(wire.bytes, keyFrom, keyTo);
    const place = name === -1 ? undefined : signature.placeOfName[name];
    if (place !== IGNORED) {
      wire.position = valueFrom;
      wire.end = valueTo;
      readValue(reader, wire, place ?? { unknown: wire.bytes.toString('utf8', keyFrom, keyTo) }, row);
    }
  }
  wire.position = end;
}

/** One google.protobuf.Value. Of several kinds the last counts; where there is none, the column did not come. */
function readValue(
  reader: InstanceReader,
  wire: WireReader,
  place: number | { readonly unknown: string },
  row: number,
): void {
  let kind = 0;
  let number = 0;
  let boolean = false;
  let textFrom = 0;
  let textTo = 0;
  while (wire.more) {
    const tag = wire.uint32();
    if (tag === NUMBER) number = wire.double();
    else if (tag === BOOLEAN) boolean = wire.bool();
    else if (tag === TEXT) {
      textTo = wire.length();
      textFrom = wire.position;
      wire.position = textTo;
    } else {
      wire.skip(tag);
      if (tag !== NULL && tag !== STRUCT && tag !== LIST) continue;
    }
    kind = tag;
  }
  if (kind === 0) return;
  if (typeof place !== 'number') return reader.unknown(place.unknown, row);
  if (reader.hasRead(place, row))
    return reader.faultOf(row, reader.signature.inputs[place].name, 'is given more than once');
  if (kind === NUMBER) return reader.number(place, row, number);
  if (kind === TEXT) {
    const level = reader.signature.levelBytes[place]?.find(wire.bytes, textFrom, textTo) ?? -1;
    if (level !== -1 && textFrom !== textTo) return reader.code(place, row, level + 1);
    return reader.text(place, row, wire.bytes.toString('utf8', textFrom, textTo));
  }
  if (kind === NULL) return reader.missing(place, row, null);
  reader.value(place, row, kind === BOOLEAN ? boolean : kind === LIST ? [] : {});
}
