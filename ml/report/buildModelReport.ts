import { profileTable } from '../dataset/profileTable.ts';
import { splitTable } from '../dataset/splitTable.ts';
import { stratifiedHoldout } from '../dataset/stratifiedSample.ts';
import type { Table } from '../dataset/Table.ts';
import { takeRows } from '../dataset/takeRows.ts';
import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import { confusionMatrix } from '../evaluation/confusionMatrix.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { gainAndLift } from '../evaluation/gainAndLift.ts';
import type { ModelMetadata } from '../onnx/ModelMetadata.ts';
import { deriveSeed } from '../random/deriveSeed.ts';
import { calibrationBins } from './calibrationBins.ts';
import { thresholdPoints } from './curves.ts';
import { describeLimits } from './describeLimits.ts';
import { type ModelReport, type ReportedVersion, reportFormat } from './ModelReport.ts';
import { partialDependence } from './partialDependence.ts';
import { permutationImportance } from './permutationImportance.ts';
import { probabilityDistribution } from './probabilityDistribution.ts';
import type { ScoreRows } from './ScoreRows.ts';
import { sliceMetrics } from './sliceMetrics.ts';

// A version's report, out of its file, its table and its definition: nothing of how it was trained is needed, so that a model
// made elsewhere gets the same one. Every figure is of the holdout, scored by the file itself; the seed decides what is drawn.

export interface ModelReportOptions {
  readonly version: ReportedVersion;
  readonly definition: ProjectDefinition;
  /** What the model file says of itself. */
  readonly metadata: ModelMetadata;
  /** The validated table, training part and holdout. */
  readonly table: Table;
  readonly score: ScoreRows;
}

const importanceRows = 2000;
const importanceRepeats = 5;
const dependenceRows = 500;
const dependenceColumns = 6;
const gainShares = [0.01, 0.02, 0.05, ...Array.from({ length: 10 }, (_, tenth) => (tenth + 1) / 10)];

/** @throws RangeError where the holdout lacks a class */
export async function buildModelReport(options: ModelReportOptions): Promise<ModelReport> {
  const { version, definition, metadata, table, score } = options;
  const { seed, split } = definition;
  const { train, holdout } = splitTable(table, { ...split, seed });
  const held = takeRows(table, holdout);
  const { labels } = held;
  const probabilities = await score(held);
  const { threshold, offer } = metadata;
  const columns = metadata.inputs.map(({ name }) => name);

  const sampled = (rows: number, purpose: string): Table =>
    rows >= held.rowCount
      ? held
      : takeRows(held, stratifiedHoldout(labels, rows / held.rowCount, deriveSeed(seed, purpose)).validation);
  const importanceTable = sampled(importanceRows, 'importance');
  const importance = await permutationImportance({
    table: importanceTable,
    columns,
    score,
    repeats: importanceRepeats,
    seed,
  });
  const dependenceTable = sampled(dependenceRows, 'dependence');
  const dependence = [];
  for (const { column } of importance.slice(0, dependenceColumns))
    dependence.push(await partialDependence(dependenceTable, column, score));
  const slices = sliceMetrics(held, columns, probabilities, threshold);

  return {
    ...version,
    format: reportFormat,
    title: definition.title || definition.name,
    label: metadata.label,
    intendedUse: definition.intendedUse ?? defaultUse(metadata),
    limits: describeLimits({ definition, metadata, table, holdoutRows: holdout.length, slices }),
    seed,
    split: {
      ...split,
      trainingRows: train.length,
      holdoutRows: holdout.length,
      holdoutPositives: labels.reduce((sum, label) => sum + label, 0),
    },
    threshold,
    offer: offer ?? null,
    metrics: evaluate(labels, probabilities, threshold, offer),
    confusionMatrix: confusionMatrix(labels, probabilities, threshold),
    thresholds: thresholdPoints(labels, probabilities, offer),
    calibration: calibrationBins(labels, probabilities),
    distribution: probabilityDistribution(labels, probabilities),
    gain: gainShares.map(share => ({ share, ...gainAndLift(labels, probabilities, share) })),
    importance: {
      metric: 'rocAuc',
      rows: importanceTable.rowCount,
      repeats: importanceRepeats,
      columns: importance,
    },
    partialDependence: { rows: dependenceTable.rowCount, columns: dependence },
    slices,
    profile: profileTable(table),
  };
}

const defaultUse = ({ label }: ModelMetadata): string =>
  `To rank customers by how likely ${label.column} is ${label.positive}, and to choose whom to look after first. The probability is meant ` +
  'to be read as such. It is no ground for a decision about one person alone, nor for refusing anybody a contract or a service.';
