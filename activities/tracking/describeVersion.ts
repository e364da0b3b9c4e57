import type { ModelReport } from '../../db/models/ModelReport.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import type { Run } from '../../db/runs/Run.ts';
import { flatten } from './flatten.ts';
import type { MirroredArtifact, MirroredRun } from './MirroredRun.ts';

/** A version: what was trained, with which parameters, how good it is, and which alias stands on it. */
export function describeVersion(version: ModelVersion, run: Run): MirroredRun {
  const crossValidation = Object.entries(version.crossValidation).flatMap(([name, { mean, sd }]) => [
    [`cross_validation/${name}_mean`, mean] as const,
    [`cross_validation/${name}_sd`, sd] as const,
  ]);
  return {
    key: `${run.id}/${version.version}`,
    name: `${version.model} version ${version.version} (${version.trainer})`,
    startedAt: new Date(version.createdAt.getTime() - version.seconds * 1000),
    status: 'FINISHED',
    endedAt: version.createdAt,
    params: { ...flatten(version.parameters), trainer: version.trainer, seed: String(run.seed) },
    metrics: {
      ...Object.fromEntries(
        Object.entries(version.metrics).map(([name, value]) => [`holdout/${name}`, value]),
      ),
      ...Object.fromEntries(crossValidation),
      threshold: version.threshold,
      training_seconds: version.seconds,
    },
    tags: {
      'holdfast.model': version.model,
      'holdfast.version': String(version.version),
      'holdfast.trainer': version.trainer,
      'holdfast.aliases': version.aliases.join(', ') || 'none',
      'holdfast.digest': version.digest,
      'holdfast.dataset_version': String(version.dataset.version),
      'holdfast.dataset_digest': version.dataset.digest,
      'holdfast.definition_digest': version.definitionDigest,
      'holdfast.run_id': run.id,
      'holdfast.workflow_id': run.workflowId,
    },
  };
}

/** The files that MLflow gets of a version. @param report null while it is not made */
export const artifactsOf = ({ digest }: ModelVersion, report: ModelReport | null): MirroredArtifact[] => [
  { path: 'model.onnx', digest },
  ...(report === null
    ? []
    : [
        { path: 'report.html', digest: report.html },
        { path: 'report.json', digest: report.json },
      ]),
];
