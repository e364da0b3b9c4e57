import { listModels as readModels } from '../../db/models/listModels.ts';
import type { ListModelsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/** Every model that has a version, by name. */
export async function listModels({ database }: ControlPorts): Promise<ListModelsResponse> {
  const models = await readModels(database);
  return {
    models: models.map(({ name, versionCount, productionVersion, stagingVersion }) => ({
      name,
      versionCount,
      productionVersion: productionVersion ?? undefined,
      stagingVersion: stagingVersion ?? undefined,
    })),
  };
}
