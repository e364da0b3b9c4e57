import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { ModelVersionEntity } from '../entities/ModelVersionEntity.ts';
import { lockName } from '../lockName.ts';
import { findRun } from '../runs/findRun.ts';
import { noSuchRun } from '../runs/noSuchRun.ts';
import { storableJson } from '../storable.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion, RegisteredCandidate } from './ModelVersion.ts';

/** The parts that are plain JSON may be of any object type. */
export interface NewVersion extends Omit<RegisteredCandidate, 'signature' | 'parameters'> {
  readonly signature: object;
  readonly parameters: object;
}

/**
 * Registers what a run trained, all of it or nothing. The versions take the model's next numbers in the order given; a trainer
 * that the run registered already keeps its version. Model, dataset and definition are the run's.
 * @returns the versions, in the order given
 * @throws HoldfastError notFound (run); failedPrecondition (the run has no dataset); invalidArgument (a figure is not finite);
 *   internal where the run registered a trainer before with another model file: its training was not reproducible
 */
export const registerVersions = (
  database: Database,
  runId: string,
  candidates: readonly NewVersion[],
): Promise<ModelVersion[]> =>
  database.write(async manager => {
    candidates.forEach(refuseNonFinite);
    const run = await findRun(manager, runId);
    if (!run) throw noSuchRun(runId);
    const { model, dataset, definitionDigest } = run;
    if (!dataset)
      throw new HoldfastError(
        'failedPrecondition',
        `Run ${runId} has no dataset: attach the one it trained on before registering its models.`,
      );
    await lockName(manager, `model versions of ${model}`);
    const registered = new Map(
      (await manager.find(ModelVersionEntity, { runId })).map(row => [row.trainer, row.digest]),
    );
    const newest = await manager.findOne(
      ModelVersionEntity,
      { model },
      { orderBy: { version: 'desc' }, fields: ['version'] },
    );
    let version = newest?.version ?? 0;
    for (const candidate of candidates) {
      const { trainer, digest, threshold, seconds } = candidate;
      const before = registered.get(trainer);
      if (before !== undefined && before !== digest)
        throw new HoldfastError(
          'internal',
          `Run ${runId} registered ${trainer} as ${before} before, and now as ${digest}: the same training gave two model files.`,
        );
      if (before !== undefined) continue;
      registered.set(trainer, digest);
      await manager.insert(ModelVersionEntity, {
        model,
        version: ++version,
        runId,
        trainer,
        digest,
        datasetVersion: dataset.id,
        definitionDigest,
        threshold,
        metrics: storableJson(candidate.metrics),
        crossValidation: storableJson(candidate.crossValidation),
        signature: storableJson({ ...candidate.signature }),
        parameters: storableJson({ ...candidate.parameters }),
        seconds,
      });
    }
    const versions = new Map((await findVersions(manager, { runId })).map(found => [found.trainer, found]));
    return candidates.flatMap(({ trainer }) => versions.get(trainer) ?? []);
  });

/** JSON has no NaN: it would become null and then read as a figure. */
function refuseNonFinite({ trainer, metrics, crossValidation, threshold, seconds }: NewVersion): void {
  const figures = [
    ...Object.entries(metrics),
    ...Object.entries(crossValidation).flatMap(([name, { mean, sd }]) => [
      [`mean ${name}`, mean] as const,
      [`standard deviation of ${name}`, sd] as const,
    ]),
    ['threshold', threshold] as const,
    ['seconds', seconds] as const,
  ];
  for (const [name, value] of figures)
    if (!Number.isFinite(value))
      throw new HoldfastError(
        'invalidArgument',
        `The ${name} of ${trainer} is ${value}: expected a finite number. Check the data and the trainer's parameters.`,
      );
}
