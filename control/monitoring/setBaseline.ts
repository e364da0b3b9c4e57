import { z } from 'zod';
import { getBaseline } from '../../db/baselines/getBaseline.ts';
import { setBaseline as recordChoice } from '../../db/baselines/setBaseline.ts';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Baseline, SetBaselineRequest } from '../../proto/gen/holdfast/v1/monitoring.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeBaseline } from './encodeBaseline.ts';

/**
 * Chooses the dataset that drift of a version is measured from.
 * @throws HoldfastError notFound, invalidArgument (version, dataset, no source); failedPrecondition (the dataset lacks columns of
 *   the version)
 */
export async function setBaseline(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: SetBaselineRequest,
  actor: string,
): Promise<Baseline> {
  const { database } = ports;
  const { source, reason } = request;
  const model = await requireModel(ports, request.model);
  if (source === undefined || source.value.trim() === '')
    throw new HoldfastError(
      'invalidArgument',
      'The baseline needs a source: expected trained_version (the data that a version was trained on) or dataset.',
      { violations: [{ field: 'source', description: 'expected trained_version or dataset' }] },
    );
  const version = await getVersion(database, model, request.version);
  const reference =
    source.$case === 'dataset'
      ? source.value
      : (await getVersion(database, model, source.value)).dataset.version;
  const dataset = await getDatasetVersion(database, model, reference);
  assertSameColumns(version, dataset);
  await recordChoice(database, {
    model,
    version: version.version,
    datasetVersionId: dataset.id,
    actor,
    reason,
  });
  return encodeBaseline(await getBaseline(database, version));
}

const signatureShape = z.object({ inputs: z.array(z.object({ name: z.string() })) });
const schemaShape = z.object({ columns: z.array(z.object({ name: z.string() })) });

/** A drift of a column that the baseline does not have could never be seen. */
function assertSameColumns(
  { model, version, signature }: ModelVersion,
  { version: datasetVersion, schema }: DatasetVersion,
): void {
  const { columns } = schemaShape.parse(schema);
  const present = new Set(columns.map(({ name }) => name));
  const { inputs } = signatureShape.parse(signature);
  const lacking = inputs.flatMap(({ name }) => (present.has(name) ? [] : [name]));
  if (lacking.length > 0)
    throw new HoldfastError(
      'failedPrecondition',
      `Dataset ${datasetVersion} of ${model} has no ${lacking.join(', ')}, which version ${version} takes: its drift could not be measured from it. Choose another dataset.`,
    );
}
