import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { stat } from 'node:fs/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { MAXIMUM_FILE_BYTES } from '../../platform/maximumFileBytes.ts';
import type { ImportModelInput } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { foreignMetadata } from '../adoption/foreignMetadata.ts';
import { runAdoption } from '../adoption/runAdoption.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import type { TrainedCandidate } from '../training/trainCandidate.ts';
import { withPulse } from '../withPulse.ts';

interface ImportFileInput
  extends Pick<
    ImportModelInput,
    'file' | 'fileName' | 'columns' | 'threshold' | 'samples' | 'samplesName' | 'allowSlow'
  > {
  readonly trainer: string;
  readonly importedBy: string;
  /** Artifact digests. */
  readonly definition: string;
  readonly table: string;
  readonly datasetDigest: string;
}

const MAY_HAVE_SEEN =
  'Trained elsewhere: rows of the holdout may have been part of its training, so its figures on the holdout may be better than it is.';

/**
 * A model file that somebody brings, checked, rewritten and evaluated on the holdout: what registering it needs.
 * @throws HoldfastError invalidArgument with the reason where it cannot be taken
 */
export const createImportFile =
  ({ artifacts }: Pick<ActivityPorts, 'artifacts'>) =>
  (input: ImportFileInput): Promise<Omit<TrainedCandidate, 'outOfFold'>> =>
    withPulse(heartbeat, async () => {
      const started = performance.now();
      const { file, fileName = '', columns, threshold, samples, samplesName = 'samples', trainer } = input;
      const definition = await readDefinition(artifacts, input.definition);
      const path = await artifacts.path(file);
      const { size } = await stat(path);
      const shownAs = fileName || `${file.slice(0, 12)}….onnx`;
      if (size > MAXIMUM_FILE_BYTES)
        throw new HoldfastError(
          'invalidArgument',
          `${shownAs} has ${size} bytes; expected at most ${MAXIMUM_FILE_BYTES}. Make the model smaller.`,
        );
      const adopted = await runAdoption(
        {
          file: path,
          table: await artifacts.path(input.table),
          definition,
          metadata: foreignMetadata(definition, {
            trainer,
            recipe: 'imported',
            datasetDigest: input.datasetDigest,
          }),
          columns: columns ?? null,
          threshold: threshold ?? null,
          outOfFold: null,
          samples: samples === undefined ? null : await artifacts.path(samples),
          samplesShownAs: samplesName,
          allowSlow: input.allowSlow ?? false,
        },
        { signal: cancellationSignal(), shownAs },
      );
      const { producer, operatorSets, latency, samplesMet, calibrated } = adopted;
      return {
        trainer,
        digest: await artifacts.put(adopted.onnx),
        metrics: adopted.metrics,
        crossValidation: adopted.crossValidation,
        parameters: {
          trainer,
          origin: 'import',
          importedBy: input.importedBy,
          file: { name: fileName, digest: file, bytes: size },
          producer,
          operatorSets,
          calibrated,
          latency,
          samplesMet,
          notes: [
            MAY_HAVE_SEEN,
            threshold === undefined
              ? 'The threshold is the best for F1 on the training part of the data, by the file’s own predictions there.'
              : 'The threshold was given.',
            ...adopted.notes,
          ],
        },
        seconds: (performance.now() - started) / 1000,
      };
    });
