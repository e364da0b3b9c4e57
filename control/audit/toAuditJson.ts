import type { DescField, DescMessage } from '@bufbuild/protobuf';

// What of a message the audit log keeps: everything that says what was done, nothing that would prove who somebody is (fields
// with debug_redact), no file, and of long texts and lists the beginning.

const MOST_CHARACTERS = 500;
const MOST_ENTRIES = 50;
const MOST_JSON = 4000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** @param message as ts-proto made it; what is at its default is left out */
export function toAuditJson(description: DescMessage, message: unknown): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  if (!isObject(message)) return json;
  for (const field of description.fields) {
    const value = valueOf(field, message);
    if (isDefault(value)) continue;
    json[field.jsonName] = field.proto.options?.debugRedact === true ? '[redacted]' : describe(field, value);
  }
  return json;
}

/** A member of a oneof stands in it as { $case, value }. */
function valueOf(field: DescField, message: Readonly<Record<string, unknown>>): unknown {
  if (field.oneof === undefined) return message[field.localName];
  const chosen = message[field.oneof.localName];
  return isObject(chosen) && chosen.$case === field.localName ? chosen.value : undefined;
}

const isDefault = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === 0n ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (value instanceof Uint8Array && value.length === 0);

function describe(field: DescField, value: unknown): unknown {
  if (!Array.isArray(value)) return describeOne(field, value);
  const entries = value.slice(0, MOST_ENTRIES).map(entry => describeOne(field, entry));
  return value.length > MOST_ENTRIES ? [...entries, `… ${value.length} in all`] : entries;
}

function describeOne(field: DescField, value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return cut(value, MOST_CHARACTERS);
  if (field.enum !== undefined)
    return field.enum.values.find(({ number }) => number === value)?.name ?? value;
  if (!isObject(value)) return value;
  // A Struct, and a map, is plain JSON already.
  if (field.message === undefined || field.message.typeName.startsWith('google.protobuf.')) {
    const text = JSON.stringify(value);
    return text.length > MOST_JSON ? `${text.length} characters of JSON` : value;
  }
  return toAuditJson(field.message, value);
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
