import { splitTable } from '../../ml/dataset/splitTable.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import type { TrainingMaterial } from './TrainingMaterial.ts';

/** What the candidates of a run are trained on, by the digests of its definition and its table. */
export async function readMaterial(
  artifacts: ArtifactStore,
  input: { readonly definition: string; readonly table: string },
): Promise<Omit<TrainingMaterial, 'datasetDigest'>> {
  const definition = await readDefinition(artifacts, input.definition);
  const table = decodeTable(await artifacts.get(input.table));
  return {
    definition,
    table,
    tablePath: await artifacts.path(input.table),
    split: splitTable(table, { ...definition.split, seed: definition.seed }),
  };
}
