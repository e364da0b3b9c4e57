import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { IngestDatasetInput, IngestDatasetResult } from '../platform/workflowContract.ts';
import { DATA_BOUND } from './activityOptions.ts';

const { ingest } = proxyActivities<Activities>(DATA_BOUND);

/** A source becomes a validated, profiled, immutable dataset version; the same bytes become the same version. */
export const ingestDataset = (input: IngestDatasetInput): Promise<IngestDatasetResult> => ingest(input);
