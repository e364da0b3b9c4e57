import type { ModelSummary } from '../../db/models/listModels.ts';
import type { Model } from '../../proto/gen/holdfast/v1/model.ts';
import { encodeEtag } from './etag.ts';

/** A model as the message of the API. */
export const encodeModel = ({
  name,
  versionCount,
  productionVersion,
  stagingVersion,
  revisions,
}: ModelSummary): Model => ({
  name,
  versionCount,
  productionVersion: productionVersion ?? undefined,
  stagingVersion: stagingVersion ?? undefined,
  etag: encodeEtag(revisions),
});
