import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProjectDefinition, projectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { EvaluatedCandidate, SplitEvaluation } from '../../ml/evaluation/SplitEvaluation.ts';
import type { Logger } from '../../observability/createLogger.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { ingestFile } from '../data/ingestFile.ts';
import { createTrainingPool } from '../training/createTrainingPool.ts';
import { evaluateSplit } from './evaluateSplit.ts';

export interface EvaluateFileOptions {
  readonly definition: ProjectDefinition;
  /** A CSV or Parquet file. */
  readonly path: string;
  /** One split each. */
  readonly seeds: readonly number[];
  readonly threads: number;
  /** Rows that break a rule are told there, as in a training run. */
  readonly quarantineFolder: string;
  readonly logger: Logger;
  readonly onData: (data: EvaluatedFile['data']) => void;
  readonly onCandidate: (seed: number, candidate: EvaluatedCandidate) => void;
  readonly onSplit: (split: SplitEvaluation) => void;
  readonly signal: AbortSignal;
}

export interface EvaluatedFile {
  readonly data: {
    readonly digest: string;
    readonly rows: number;
    readonly quarantined: number;
    readonly quarantineFile: string | null;
  };
  readonly splits: readonly SplitEvaluation[];
}

/**
 * Repeated splits of one file, each trained and measured as in a training run; without any server, and nothing stays but the
 * quarantine.
 * @throws HoldfastError as ingestFile; what `signal` was aborted with
 */
export async function evaluateFile(options: EvaluateFileOptions): Promise<EvaluatedFile> {
  const { path, seeds, threads, quarantineFolder, logger, signal } = options;
  // As a run reads it back from where it is stored: the order of the columns is the order in which trainers see them.
  const definition = projectDefinition.parse(JSON.parse(canonicalJson(options.definition)));
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-evaluate-'));
  const training = createTrainingPool(threads);
  try {
    const artifacts = createLocalArtifactStore(folder);
    const ingested = await ingestFile({ definition, path, artifacts, quarantineFolder, signal });
    const { digest, rows, quarantined, quarantineFile, tableDigest } = ingested;
    const data = { digest, rows, quarantined, quarantineFile };
    options.onData(data);
    const table = decodeTable(await artifacts.get(tableDigest));
    const tablePath = await artifacts.path(tableDigest);
    const splits: SplitEvaluation[] = [];
    // One after the other: what is told comes in order, and a table of a million rows is not trained on five times at once.
    for (const seed of seeds) {
      const split = await evaluateSplit(
        { artifacts, training, logger },
        {
          definition: { ...definition, seed },
          datasetDigest: digest,
          table,
          tablePath,
          onCandidate: candidate => options.onCandidate(seed, candidate),
          signal,
        },
      );
      splits.push(split);
      options.onSplit(split);
    }
    return { data, splits };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await training.close();
    await rm(folder, { recursive: true, force: true });
  }
}
