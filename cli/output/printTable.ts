import CliTable from 'cli-table3';
import { styleText } from 'node:util';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const bare = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map(name => [name, '']),
);

/** Aligned columns without borders, so that the lines can be cut and grepped; nothing but the header where there are no rows. */
export function printTable(
  stream: NodeJS.WriteStream,
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): void {
  const table = new CliTable({
    head: columns.map(({ title }) => styleText('bold', title, { stream })),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) table.push(row.map(cell => (cell ?? '-').toString()));
  stream.write(`${table.toString().replace(/[ \t]+$/gm, '')}\n`);
}
