import { type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** Enough for what a person writes. */
const SMALL_BYTES = 1024 * 1024;

/**
 * How large a body a request may have, decided by what it holds: a file, or rows without number, may be as large as the servers
 * take; all else is small, and refused before it is read.
 */
export const bodyLimitOf = (request: DescMessage, largestBytes: number): number =>
  isBulky(request, new Set()) ? largestBytes : Math.min(SMALL_BYTES, largestBytes);

function isBulky(type: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  return type.fields.some(
    ({ fieldKind, message, scalar }) =>
      scalar === ScalarType.BYTES ||
      (fieldKind === 'list' && (message !== undefined || scalar === ScalarType.DOUBLE)) ||
      (message !== undefined && isBulky(message, seen)),
  );
}
