import { getVersion } from '../../db/models/getVersion.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

/**
 * The version's file is there, has its digest's content and is a model file of this model.
 * @throws HoldfastError notFound or failedPrecondition, before any alias moves
 */
export const createVerifyArtifact =
  ({ database, artifacts }: Pick<ActivityPorts, 'database' | 'artifacts'>) =>
  async ({ model, version }: { model: string; version: number }): Promise<void> => {
    const { digest } = await getVersion(database, model, String(version));
    const metadata = readMetadata(await artifacts.get(digest));
    if (metadata.model !== model)
      throw new HoldfastError(
        'failedPrecondition',
        `The file of ${model} version ${version} says that it is of the model ${metadata.model}; nothing was promoted.`,
      );
  };
