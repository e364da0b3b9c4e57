import type { RawRow } from './readRows.ts';

export type LineWriter = (source: RawRow, appended: readonly string[]) => string;

/** Lines of the output as Latin-1 text: a row's very bytes, the appended cells (quoted where they must be), its line break. */
export function createLineWriter(delimiter: string): LineWriter {
  const quote = (cell: string): string =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return ({ raw, lineBreak }, appended) =>
    `${raw}${appended.map(cell => `${delimiter}${quote(asLatin1(cell))}`).join('')}${lineBreak}`;
}

const asLatin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
