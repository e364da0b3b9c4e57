import type { TableProfile } from '../dataset/profileTable.ts';
import type { Offer } from '../definition/ProjectDefinition.ts';
import type { ConfusionMatrix } from '../evaluation/confusionMatrix.ts';
import type { GainAndLift } from '../evaluation/gainAndLift.ts';
import type { MeanSd, Metrics } from '../evaluation/Metrics.ts';
import type { CalibrationBin } from './calibrationBins.ts';
import type { ThresholdPoint } from './curves.ts';
import type { PartialDependence } from './partialDependence.ts';
import type { ColumnImportance } from './permutationImportance.ts';
import type { DistributionBin } from './probabilityDistribution.ts';
import type { SliceMetrics } from './sliceMetrics.ts';

// A model report as data: the JSON that is stored and served, and everything that the page shows. docs/model-report.md tells
// readers of the JSON the same. A field is added freely; a changed meaning is another `format`.

export const reportFormat = 1;

/** What the registry knows of the version. */
export interface ReportedVersion {
  readonly model: string;
  readonly version: number;
  readonly trainer: string;
  /** SHA-256 of the ONNX file. */
  readonly digest: string;
  /** ISO 8601. */
  readonly createTime: string;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trainingSeconds: number;
  readonly lineage: {
    readonly runId: string;
    readonly workflowId: string;
    readonly trigger: string;
    /** SHA-256 of the definition as the run was begun with it. */
    readonly definitionDigest: string;
    readonly dataset: {
      readonly version: number;
      readonly digest: string;
      readonly tableDigest: string;
      readonly source: string;
      readonly rows: number;
      readonly quarantined: number;
    };
  };
}

export interface ModelReport extends ReportedVersion {
  readonly format: typeof reportFormat;
  readonly title: string;
  readonly label: { readonly column: string; readonly positive: string; readonly negative: string };
  readonly intendedUse: string;
  readonly limits: readonly string[];
  readonly seed: number;
  readonly split: {
    readonly holdoutShare: number;
    readonly folds: number;
    readonly trainingRows: number;
    readonly holdoutRows: number;
    readonly holdoutPositives: number;
  };
  readonly threshold: number;
  /** What the threshold was chosen for; null: the best F1. */
  readonly offer: Offer | null;
  /** On the holdout, as is everything that follows down to `slices`. */
  readonly metrics: Metrics;
  readonly confusionMatrix: ConfusionMatrix;
  /** From the highest threshold down; at most 200 of them. ROC, precision-recall and profit curves are columns of this. */
  readonly thresholds: readonly ThresholdPoint[];
  readonly calibration: readonly CalibrationBin[];
  readonly distribution: readonly DistributionBin[];
  readonly gain: readonly (GainAndLift & { readonly share: number })[];
  readonly importance: {
    readonly metric: 'rocAuc';
    readonly rows: number;
    readonly repeats: number;
    readonly columns: readonly ColumnImportance[];
  };
  readonly partialDependence: {
    readonly rows: number;
    readonly columns: readonly PartialDependence[];
  };
  readonly slices: readonly SliceMetrics[];
  /** Of the whole table, training part and holdout. */
  readonly profile: TableProfile;
}
