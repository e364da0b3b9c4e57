import { decodeCell } from './decodeCell.ts';
import { type Cell, parseCell } from './parseCell.ts';
import type { Header } from './readHeader.ts';
import type { RawRow } from './readRows.ts';
import type { ParsedRow, RowFault } from './ScoredRow.ts';

/** A row's cells as an instance for the server, or why the row cannot even be sent. */
export function parseRow(source: RawRow, header: Header): ParsedRow {
  const { cells, row, line } = source;
  const instance: Record<string, Cell> = {};
  if (cells.length !== header.width) {
    const description = `has ${cells.length} cells; expected ${header.width} as in the header (is a value that holds the delimiter or a line break not quoted?)`;
    return { source, instance, faults: [{ row, line, column: undefined, description }] };
  }
  const faults: RowFault[] = [];
  for (const { column, at } of header.inputs) {
    const text = decodeCell(cells[at]);
    if (text === undefined)
      faults.push({
        row,
        line,
        column: column.name,
        description: 'is not text in UTF-8; save the file as UTF-8',
      });
    else instance[column.name] = parseCell(text, column);
  }
  return { source, instance, faults };
}
