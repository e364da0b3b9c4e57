import type { Baseline as Registered } from '../../db/baselines/Baseline.ts';
import type { Baseline } from '../../proto/gen/holdfast/v1/monitoring.ts';

/** A baseline as the message of the API. */
export const encodeBaseline = ({ model, version, dataset, chosen }: Registered): Baseline => ({
  model,
  version,
  datasetVersion: dataset.version,
  datasetDigest: dataset.digest,
  rows: dataset.rows,
  profile: { ...dataset.profile },
  actor: chosen?.actor ?? '',
  reason: chosen?.reason ?? '',
  setTime: chosen?.at,
});
