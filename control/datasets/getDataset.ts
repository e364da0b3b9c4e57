import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import type { Dataset, GetDatasetRequest } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeDataset } from './encodeDataset.ts';

/** One dataset version with its profile and violations. @throws HoldfastError notFound; invalidArgument (the version) */
export const getDataset = async (
  { database, defaultModel }: ControlPorts,
  { model, version }: GetDatasetRequest,
): Promise<Dataset> => encodeDataset(await getDatasetVersion(database, model || defaultModel, version));
