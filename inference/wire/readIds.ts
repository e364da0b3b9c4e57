import { unitKeyOf } from '../experiments/unitKey.ts';
import type { PredictCall } from '../PredictCall.ts';
import { BYTES, FIXED64, WireError, WireReader } from './WireReader.ts';

// The id of each instance, before it is known which version reads the rest: the arm depends on it.

const FIELDS = (1 << 3) | BYTES;
const KEY = (1 << 3) | BYTES;
const VALUE = (2 << 3) | BYTES;
const NUMBER = (2 << 3) | FIXED64;
const TEXT = (3 << 3) | BYTES;

/** One an instance: the id as a unit key, or null where there is none that can be one. */
export function readIds({ rows, rowCount }: PredictCall, idColumn: string): (string | null)[] {
  if (rows.kind === 'instances') {
    const name = Buffer.from(idColumn);
    const wire = new WireReader(rows.bytes);
    return Array.from({ length: rowCount }, (_, row) => {
      wire.position = rows.bounds[2 * row];
      wire.end = rows.bounds[2 * row + 1];
      return readId(wire, name);
    });
  }
  const column = rows.columns.find(({ name }) => name === idColumn);
  if (column === undefined) return Array<null>(rowCount).fill(null);
  const { numbers, texts, codes } = column;
  const missing = new Set(column.missing);
  return Array.from({ length: rowCount }, (_, row) =>
    missing.has(row) ? null : unitKeyOf(numbers?.[row] ?? texts[codes?.[row] ?? row]),
  );
}

/** Bytes that are no Struct are refused where all of them are read. */
function readId(wire: WireReader, name: Buffer): string | null {
  try {
    return findId(wire, name);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

function findId(wire: WireReader, name: Buffer): string | null {
  const { end } = wire;
  let id: string | null = null;
  while (wire.position < end) {
    wire.end = end;
    const tag = wire.uint32();
    if (tag !== FIELDS) {
      wire.skip(tag);
      continue;
    }
    const entryEnd = wire.length();
    wire.end = entryEnd;
    let isId = false;
    let valueFrom = -1;
    let valueTo = 0;
    while (wire.more) {
      const part = wire.uint32();
      if (part !== KEY && part !== VALUE) {
        wire.skip(part);
        continue;
      }
      const to = wire.length();
      if (part === KEY)
        isId = to - wire.position === name.length && name.compare(wire.bytes, wire.position, to) === 0;
      else {
        valueFrom = wire.position;
        valueTo = to;
      }
      wire.position = to;
    }
    if (isId && valueFrom !== -1) {
      wire.position = valueFrom;
      wire.end = valueTo;
      id = readValue(wire);
    }
    wire.position = entryEnd;
  }
  return id;
}

function readValue(wire: WireReader): string | null {
  let value: string | number | null = null;
  while (wire.more) {
    const tag = wire.uint32();
    if (tag === TEXT) value = wire.string();
    else if (tag === NUMBER) value = wire.double();
    else wire.skip(tag);
  }
  return unitKeyOf(value);
}
