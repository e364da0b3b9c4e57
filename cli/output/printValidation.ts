import type { DatasetValidation } from '../../proto/gen/holdfast/v1/dataset.ts';
import { formatCount } from './format.ts';
import { printTable } from './printTable.ts';

/** What taking a table in would say of it. */
export function printValidation(stdout: NodeJS.WriteStream, validation: DatasetValidation): void {
  const { rows, sourceRows, quarantined, acceptable, reason, columns, ignoredColumns } = validation;
  stdout.write(
    `${formatCount(rows)} of ${formatCount(sourceRows)} rows would be taken, ${formatCount(quarantined)} quarantined. ${acceptable ? 'The table would be taken.' : `It would be refused: ${reason}`}\n\n`,
  );
  printTable(
    stdout,
    [
      { title: 'COLUMN' },
      { title: 'FAULTS', align: 'right' },
      { title: 'KINDS' },
      { title: 'FIRST IN ROW', align: 'right' },
      { title: 'VALUE' },
      { title: 'RULE' },
    ],
    columns.map(({ name, violationCount, kinds, example }) => [
      name === '' ? '(whole rows)' : name,
      formatCount(violationCount),
      Object.entries(kinds)
        .map(([kind, count]) => `${kind} ${formatCount(count)}`)
        .join(', ') || '-',
      example?.row,
      example === undefined ? '-' : JSON.stringify(example.value),
      example?.rule ?? '-',
    ]),
  );
  if (ignoredColumns.length > 0) stdout.write(`\nNot looked at: ${ignoredColumns.join(', ')}\n`);
}
