import { splitTable } from '../../ml/dataset/splitTable.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { describeViolation, type ViolationKind } from './Violation.ts';
import type { ValidationResult } from './validateSource.ts';

const MINIMUM_ROWS = 50;
const SHOWN_COUNTS = 20;
const SHOWN_VIOLATIONS = 10;

const kindSentences: Readonly<Record<ViolationKind, string>> = {
  fields: 'with another number of fields than the header',
  missing: 'without a value',
  number: 'not a number',
  range: 'out of range',
  integer: 'not an integer',
  level: 'not one of the declared levels',
  length: 'too long',
  label: 'neither the positive nor the negative label',
  time: 'not a date or time',
  duplicate: 'duplicates',
};

/**
 * Whether a validated source may be trained on.
 * @throws HoldfastError failedPrecondition: too large a share in quarantine (with the report), too few rows, one class only (or
 * one class only in a period, where the split is by time)
 */
export function checkAcceptable(
  definition: ProjectDefinition,
  result: ValidationResult,
  shownAs: string,
): void {
  const { table, sourceRows, quarantined } = result;
  const report = quarantined === 0 ? '' : `\n${describeQuarantine(result)}`;
  const refuse = (message: string): never => {
    throw new HoldfastError('failedPrecondition', `${message}${report}`, {
      violations: result.violations.slice(0, 100).map(violation => ({
        field: `row ${violation.row}${violation.column === '' ? '' : `, ${violation.column}`}`,
        description: `${violation.rule}, got ${JSON.stringify(violation.value)}`,
      })),
    });
  };
  if (sourceRows === 0) return refuse(`${shownAs} has a header but no rows: give a table with data.`);
  if (quarantined / sourceRows > definition.maximumQuarantinedShare)
    return refuse(
      `${shownAs}: ${quarantined} of ${sourceRows} rows (${percent(quarantined / sourceRows)}) break the rules of the project definition "${definition.name}", more than the ${percent(definition.maximumQuarantinedShare)} that its maximumQuarantinedShare allows. Correct the data or the definition, then run again.`,
    );
  if (table.rowCount < MINIMUM_ROWS)
    return refuse(
      `${shownAs} has ${table.rowCount} usable rows, expected at least ${MINIMUM_ROWS}: give more data.`,
    );
  const positives = table.labels.reduce((sum, label) => sum + label, 0);
  const needed = 2 * definition.split.folds;
  const { column, positive, negative } = definition.label;
  for (const [value, count] of [
    [positive, positives],
    [negative, table.rowCount - positives],
  ] as const)
    if (count < needed)
      return refuse(
        `${shownAs} has ${count} usable rows whose ${column} is ${JSON.stringify(value)}, expected at least ${needed} (two a fold): give data with both outcomes, or correct the definition's label.`,
      );
  try {
    splitTable(table, { ...definition.split, seed: definition.seed });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(
      `${shownAs} cannot be split as the project definition "${definition.name}" says: ${error.message}.`,
    );
  }
}

function describeQuarantine({ violations, violationCounts, quarantineFile }: ValidationResult): string {
  const counts = violationCounts
    .slice(0, SHOWN_COUNTS)
    .map(
      ({ column, kind, count }) => `  ${count} × ${column === '' ? 'rows' : column} ${kindSentences[kind]}`,
    );
  const first = violations
    .slice(0, SHOWN_VIOLATIONS)
    .map(violation => `  row ${violation.row}, ${describeViolation(violation)}`);
  const hidden = violationCounts.length - counts.length;
  return [
    'Violations:',
    ...counts,
    ...(hidden > 0 ? [`  and ${hidden} other kinds`] : []),
    `The first (rows count from 1, without the header):`,
    ...first,
    `All of them with their rows: ${quarantineFile}`,
  ].join('\n');
}

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
