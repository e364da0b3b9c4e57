import assert from 'node:assert/strict';
import type { Table } from '../../ml/dataset/Table.ts';
import { unitHasher } from '../../ml/dataset/unitHasher.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';
import type { TextBatch } from '../../platform/tabular/TextTable.ts';
import { type ColumnReader, missingFault } from './ColumnReader.ts';
import { createCategoryReader } from './createCategoryReader.ts';
import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import { createIdReader } from './createIdReader.ts';
import { createNumberReader } from './createNumberReader.ts';
import { createQuarantineFile, type QuarantineFile } from './createQuarantineFile.ts';
import { createTimeReader } from './createTimeReader.ts';
import { createViolationList } from './createViolationList.ts';
import { type ResolvedColumns, resolveColumns } from './resolveColumns.ts';
import { type Fault, type Violation, type ViolationCount } from './Violation.ts';

// Holds every row against the definition and sorts the rows into two heaps: the table, and the quarantine with all
// violations of all rows. No row is changed and none is lost: the counts of the two heaps must add up to the source's.

export interface ValidationOptions {
  /** How messages name the source. */
  readonly shownAs: string;
  /** Where the quarantined rows go, if there are any. */
  readonly quarantinePath: string;
  readonly onProgress?: (progress: { readonly rows: number }) => void;
}

/** Of a value, in a message. */
const MAXIMUM_SHOWN_CHARACTERS = 200;

export interface ValidationResult {
  readonly table: Table;
  readonly sourceRows: number;
  readonly quarantined: number;
  readonly quarantineFile: string | null;
  /** The first ones, at most 1,000; all are in the quarantine file. */
  readonly violations: readonly Violation[];
  /** Of all violations, the most frequent first. */
  readonly violationCounts: readonly ViolationCount[];
  readonly ignoredColumns: readonly string[];
}

/**
 * @param batches the source's rows as text, see readTextTable
 * @throws HoldfastError invalidArgument where columns are missing; failedPrecondition where a category has no end of levels
 */
export async function validateSource(
  definition: ProjectDefinition,
  batches: AsyncIterable<TextBatch>,
  options: ValidationOptions,
): Promise<ValidationResult> {
  let source: SourceReader | null = null;
  try {
    for await (const batch of batches) {
      source ??= createSourceReader(definition, batch.columns, options);
      source.read(batch);
      await source.quarantine.flush();
      options.onProgress?.({ rows: batch.firstRow + batch.records.length - 1 });
    }
    if (source === null) throw new HoldfastError('invalidArgument', `${options.shownAs} holds no table.`);
    return await source.finish();
  } finally {
    await source?.quarantine.discard();
  }
}

interface SourceReader {
  readonly quarantine: QuarantineFile;
  read(batch: TextBatch): void;
  finish(): Promise<ValidationResult>;
}

function createSourceReader(
  definition: ProjectDefinition,
  header: readonly string[],
  { shownAs, quarantinePath }: ValidationOptions,
): SourceReader {
  const found = resolveColumns(definition, header, shownAs);
  const quarantine = createQuarantineFile(quarantinePath, header);
  const list = createViolationList();
  const readers = Object.entries(definition.columns).map(([name, column]) =>
    column.kind === 'number' ? createNumberReader(name, column) : createCategoryReader(name, column),
  );
  const labels = createGrowingArray(Uint8Array);
  const { label, eventTime } = definition;
  const ids = definition.id === undefined ? null : createIdReader(definition.id, unitHasher(definition.name));
  const times = eventTime === undefined ? null : createTimeReader(eventTime);
  const labelFault: Fault = {
    kind: 'label',
    rule: `expected ${JSON.stringify(label.positive)} or ${JSON.stringify(label.negative)}`,
  };
  let sourceRows = 0;
  let quarantined = 0;
  let rows = 0;

  const readRow = (row: number, fields: readonly string[]): void => {
    sourceRows++;
    const faults: Violation[] = [];
    const blame = (column: string, value: string, fault: Fault): void => {
      faults.push({ row, column, value: shorten(value, MAXIMUM_SHOWN_CHARACTERS), ...fault });
    };
    const labelText = (fields[found.label] ?? '').trim();
    if (fields.length !== header.length)
      blame('', `${fields.length}`, { kind: 'fields', rule: `expected ${header.length} fields` });
    else {
      if (ids !== null) {
        const fault = ids.read(fields[found.id]);
        if (fault !== null) blame(ids.column, fields[found.id].trim(), fault);
      }
      readColumns(readers, found, fields, blame);
      if (times !== null) {
        const fault = times.read(fields[found.eventTime]);
        if (fault !== null) blame(times.column, fields[found.eventTime], fault);
      }
      if (labelText !== label.positive && labelText !== label.negative)
        blame(label.column, labelText, labelText === '' ? missingFault : labelFault);
    }
    if (faults.length > 0) {
      quarantined++;
      list.add(faults);
      quarantine.add(faults, fields);
      return;
    }
    rows++;
    ids?.keep(row);
    for (const reader of readers) reader.keep();
    times?.keep();
    labels.push(labelText === label.positive ? 1 : 0);
  };

  return {
    quarantine,
    read: ({ firstRow, records }) => {
      records.forEach((fields, index) => readRow(firstRow + index, fields));
    },
    finish: async () => {
      assert.equal(rows + quarantined, sourceRows, 'a row is neither in the table nor in quarantine');
      const table: Table = {
        rowCount: rows,
        columns: readers.map(reader => reader.finish()),
        labels: labels.finish(),
        ...(times === null ? {} : { eventTime: times.finish() }),
        ...(ids === null ? {} : { unitHashes: ids.finish() }),
      };
      return {
        table,
        sourceRows,
        quarantined,
        quarantineFile: await quarantine.finish(),
        violations: list.first,
        violationCounts: list.count(),
        ignoredColumns: found.ignored,
      };
    },
  };
}

function readColumns(
  readers: readonly ColumnReader[],
  { positions }: ResolvedColumns,
  fields: readonly string[],
  blame: (column: string, value: string, fault: Fault) => void,
): void {
  for (let index = 0; index < readers.length; index++) {
    const text = fields[positions[index]];
    const fault = readers[index].read(text);
    if (fault !== null) blame(readers[index].name, text, fault);
  }
}
