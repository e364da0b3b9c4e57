import { parse } from 'csv-parse/sync';
import { decodeCell } from './decodeCell.ts';

const delimiters = [',', ';', '\t', '|'] as const;

/** The delimiter with which the header holds most of the expected columns; the comma among equals. */
export function detectDelimiter(head: Buffer, expected: readonly string[]): string {
  const end = head.findIndex(byte => byte === 0x0a || byte === 0x0d);
  const header = head.subarray(0, end === -1 ? head.length : end).toString('latin1');
  const names = new Set(expected);
  const found = (delimiter: string): number => {
    const [cells = []] = parse(header, {
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_records_with_error: true,
    });
    return cells.filter(cell => names.has(decodeCell(cell) ?? '')).length;
  };
  const counts = delimiters.map(found);
  return delimiters[counts.indexOf(Math.max(...counts))];
}
