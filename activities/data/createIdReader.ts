import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import { missingFault } from './ColumnReader.ts';
import type { Fault } from './Violation.ts';

/** Slots a kept id, at least: then few ids meet on their way to a free one. */
const SLOTS_AN_ID = 2;

/**
 * The ids: as a column's reader, but a row always needs one, and no other row's. They are told apart by their texts, which lie as bytes
 * one behind the other: a map of strings would outweigh the table. Of an id the table keeps a hash.
 */
export function createIdReader(column: string, hashOf: (id: string) => number) {
  const hashes = createGrowingArray(Uint32Array);
  /** The source's row of each. */
  const rows = createGrowingArray(Uint32Array);
  const bytes = createGrowingArray(Uint8Array);
  /** Where each one's bytes end. */
  const ends = createGrowingArray(Float64Array);
  /** By their hashes, and behind those that came first: 1 + the id's place, or 0. */
  let slots = new Uint32Array(8192);
  const encoder = new TextEncoder();
  let scratch = new Uint8Array(1024);
  const pending = { hash: 0, length: 0 };

  /** The place of the id that is pending; null where it is new. */
  const find = (): number | null => {
    for (let slot = slotOf(pending.hash); slots[slot] !== 0; slot = slotOf(slot + 1)) {
      const place = slots[slot] - 1;
      if (hashes.at(place) === pending.hash && isPending(place)) return place;
    }
    return null;
  };
  const isPending = (place: number): boolean => {
    const start = place === 0 ? 0 : ends.at(place - 1);
    if (ends.at(place) - start !== pending.length) return false;
    for (let at = 0; at < pending.length; at++) if (bytes.at(start + at) !== scratch[at]) return false;
    return true;
  };
  const slotOf = (hash: number): number => hash & (slots.length - 1);
  const take = (place: number): void => {
    let slot = slotOf(hashes.at(place));
    while (slots[slot] !== 0) slot = slotOf(slot + 1);
    slots[slot] = place + 1;
  };

  return {
    column,
    read: (text: string): Fault | null => {
      const id = text.trim();
      if (id === '') return missingFault;
      if (scratch.length < 3 * id.length) scratch = new Uint8Array(3 * id.length);
      pending.hash = hashOf(id);
      pending.length = encoder.encodeInto(id, scratch).written;
      const found = find();
      return found === null
        ? null
        : { kind: 'duplicate', rule: `expected once, first in row ${rows.at(found)}` };
    },
    /** Adds the id that was read last. */
    keep: (row: number): void => {
      hashes.push(pending.hash);
      rows.push(row);
      for (let at = 0; at < pending.length; at++) bytes.push(scratch[at]);
      ends.push(bytes.length);
      if (SLOTS_AN_ID * hashes.length <= slots.length) return take(hashes.length - 1);
      slots = new Uint32Array(2 * slots.length);
      for (let place = 0; place < hashes.length; place++) take(place);
    },
    finish: (): Uint32Array => hashes.finish(),
  };
}
