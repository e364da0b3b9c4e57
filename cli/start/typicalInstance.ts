import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Dataset } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import { modelSignature } from '../scoring/ModelSignature.ts';
import type { Instance } from './servePrediction.ts';

const column = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('number'),
    name: z.string(),
    quantiles: z.object({ p50: z.number() }).nullable(),
  }),
  z.object({
    kind: z.literal('category'),
    name: z.string(),
    levels: z.array(z.object({ level: z.string() })),
  }),
]);
const profile = z.object({ columns: z.array(column) });

/**
 * A customer to try a prediction with, out of the dataset's profile: the median of each number (rounded where the column
 * takes whole numbers), the most frequent level of each category.
 */
export function typicalInstance(version: ModelVersion, dataset: Dataset): Instance {
  const parsed = profile.safeParse(dataset.profile);
  if (!parsed.success)
    throw new HoldfastError(
      'internal',
      `The profile of ${dataset.model}'s dataset ${dataset.version} cannot be read: ${z.prettifyError(parsed.error)}`,
    );
  const profiles = new Map(parsed.data.columns.map(each => [each.name, each]));
  return Object.fromEntries(
    modelSignature(version).inputs.map(input => {
      const found = profiles.get(input.name);
      if (found?.kind === 'category') return [input.name, found.levels[0]?.level ?? null];
      const median = found?.quantiles?.p50 ?? null;
      const whole = input.kind === 'number' && input.integer;
      return [input.name, median !== null && whole ? Math.round(median) : median];
    }),
  );
}
