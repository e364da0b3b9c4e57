const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A cell that was read as Latin-1 (one character a byte) as the UTF-8 text it is.
 * @returns undefined where its bytes are not UTF-8.
 */
export function decodeCell(cell: string): string | undefined {
  // ASCII is the same in both encodings.
  if (!/[\u0080-\u00ff]/.test(cell)) return cell;
  try {
    return decoder.decode(Buffer.from(cell, 'latin1'));
  } catch {
    return undefined;
  }
}
