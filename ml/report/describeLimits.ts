import type { Table } from '../dataset/Table.ts';
import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import type { ModelMetadata } from '../onnx/ModelMetadata.ts';
import type { SliceMetrics } from './sliceMetrics.ts';

interface LimitsOptions {
  readonly definition: ProjectDefinition;
  readonly metadata: ModelMetadata;
  readonly table: Table;
  readonly holdoutRows: number;
  readonly slices: readonly SliceMetrics[];
}

/** What a reader must know before trusting the figures, out of what is known of the data: sentences, the general ones last. */
export function describeLimits({
  definition,
  metadata,
  table,
  holdoutRows,
  slices,
}: LimitsOptions): string[] {
  const positives = table.labels.reduce((sum, label) => sum + label, 0);
  const limits = [
    definition.split.by === 'time'
      ? `The holdout is the latest ${holdoutRows} customers by ${definition.eventTime ?? 'time'}: the figures say how the model did in that period, and nothing of a later one.`
      : `The holdout is ${holdoutRows} customers drawn at random from the same table (${table.unitHashes === undefined ? `seed ${definition.seed}` : 'by their ids, the same ones in every version of the data'}), not later ones: the figures say how the model does on more of the same customers, not how it will do when they change.`,
  ];
  const flagged = new Set(
    slices.filter(({ flags }) => flags.length > 0).map(({ column, slice }) => `${column} = ${slice}`),
  );
  if (flagged.size > 0)
    limits.push(
      `It does not do equally well for all: ${[...flagged].slice(0, 8).join('; ')}${flagged.size > 8 ? ` and ${flagged.size - 8} more` : ''} differ beyond chance (see the slices).`,
    );
  const fewHeld = Math.min(positives, table.rowCount - positives) * definition.split.holdoutShare;
  if (fewHeld < 100)
    limits.push(
      `The rarer outcome has only about ${Math.round(fewHeld)} customers in the holdout: every figure here is uncertain, and small slices say nothing.`,
    );
  const filled = metadata.inputs.filter(({ missing }) => missing === 'impute').map(({ name }) => name);
  if (filled.length > 0)
    limits.push(`Missing values of ${filled.join(', ')} are filled in with what was usual in training.`);
  const ranged = metadata.inputs.some(input => input.kind === 'category');
  if (ranged)
    limits.push('A level that training did not meet is scored as none of the known ones, without a warning.');
  limits.push(
    'Importance and partial dependence describe the model and name no cause: to change a value does not make a customer stay.',
  );
  return limits;
}
