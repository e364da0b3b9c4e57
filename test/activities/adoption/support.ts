import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptModelFile } from '../../../activities/adoption/adoptModelFile.ts';
import type { AdoptedFile, AdoptionJob } from '../../../activities/adoption/AdoptionJob.ts';
import { foreignMetadata } from '../../../activities/adoption/foreignMetadata.ts';
import type { ProjectDefinition } from '../../../ml/definition/ProjectDefinition.ts';
import churn from '../../../projects/churn.ts';
import { withTemporaryFolder } from '../../support/withTemporaryFolder.ts';
import type { ForeignModels } from '../../support/foreignModels.ts';

/** The outcome in other words, of which the positive one comes first in the alphabet. */
const reversedWords: ProjectDefinition = {
  ...churn,
  label: { column: 'Churn', positive: 'Left', negative: 'Stayed' },
};

/** An import of a file over the simulated customers. */
export const jobOf = (
  { path, table }: Pick<ForeignModels, 'path' | 'table'>,
  name: string,
  options: Partial<AdoptionJob> = {},
): Omit<AdoptionJob, 'output'> => {
  const definition = options.definition ?? (name === 'scikit-learn-reversed-words' ? reversedWords : churn);
  return {
    file: path(name),
    table,
    definition,
    metadata: foreignMetadata(definition, {
      trainer: name,
      recipe: 'imported',
      datasetDigest: 'd'.repeat(64),
    }),
    columns: null,
    threshold: null,
    outOfFold: null,
    samples: null,
    samplesShownAs: 'samples.csv',
    allowSlow: true,
    ...options,
  };
};

/** Takes a file over in this process, which is as it is done in its own but for the start of that. */
export const adoptHere = (
  job: Omit<AdoptionJob, 'output'>,
): Promise<AdoptedFile & { readonly onnx: Uint8Array }> =>
  withTemporaryFolder(async output => {
    const adopted = await adoptModelFile({ ...job, output });
    return { ...adopted, onnx: await readFile(join(output, 'model.onnx')) };
  });
