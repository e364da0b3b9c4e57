import { heartbeat } from '@temporalio/activity';
import { getVersion } from '../../db/models/getVersion.ts';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import type { Metrics } from '../../ml/evaluation/Metrics.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { withPulse } from '../withPulse.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { scoreTable } from './scoreTable.ts';

interface EvaluateVersionInput {
  readonly model: string;
  readonly version: number;
  /** Artifact digests: the definition gives the split, the table the rows. */
  readonly definition: string;
  readonly table: string;
}

export interface EvaluatedVersion {
  /** Null where the version cannot be measured on this table. */
  readonly metrics: Metrics | null;
  /** Why not. */
  readonly obstacle: string | null;
}

/** A registered version's file on the holdout of the given table: what a challenger is compared with. */
export const createEvaluateVersion =
  ({ database, artifacts }: Pick<ActivityPorts, 'database' | 'artifacts'>) =>
  (input: EvaluateVersionInput): Promise<EvaluatedVersion> =>
    withPulse(heartbeat, () => evaluateVersion({ database, artifacts }, input));

async function evaluateVersion(
  { database, artifacts }: Pick<ActivityPorts, 'database' | 'artifacts'>,
  input: EvaluateVersionInput,
): Promise<EvaluatedVersion> {
  const { digest } = await getVersion(database, input.model, String(input.version));
  const definition = await readDefinition(artifacts, input.definition);
  const table = decodeTable(await artifacts.get(input.table));
  const { holdout } = splitTable(table, { ...definition.split, seed: definition.seed });
  const onnx = await artifacts.get(digest);
  const metadata = readMetadata(onnx);
  const absent = metadata.inputs.filter(
    ({ name, kind }) => !table.columns.some(column => column.name === name && column.kind === kind),
  );
  if (absent.length > 0)
    return {
      metrics: null,
      obstacle: `version ${input.version} needs columns that this table lacks: ${absent.map(({ name }) => name).join(', ')}`,
    };
  const probabilities = await scoreTable(onnx, metadata, table, holdout);
  return {
    metrics: evaluate(labelsOf(table, holdout), probabilities, metadata.threshold, definition.offer),
    obstacle: null,
  };
}
