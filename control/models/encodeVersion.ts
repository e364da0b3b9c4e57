import type { ModelVersion as Registered } from '../../db/models/ModelVersion.ts';
import { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';

/** A registered version as the message of the API. */
export const encodeVersion = (version: Registered): ModelVersion =>
  ModelVersion.fromPartial({
    model: version.model,
    version: version.version,
    trainer: version.trainer,
    digest: version.digest,
    aliases: [...version.aliases],
    metrics: version.metrics,
    crossValidation: version.crossValidation,
    threshold: version.threshold,
    signature: version.signature,
    parameters: version.parameters,
    runId: version.runId,
    datasetVersion: version.dataset.version,
    datasetDigest: version.dataset.digest,
    definitionDigest: version.definitionDigest,
    trainingSeconds: version.seconds,
    createTime: version.createdAt,
    archiveTime: version.archivedAt ?? undefined,
  });
