import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { ValidateDatasetInput } from '../platform/workflowContract.ts';
import { DATA_BOUND } from './activityOptions.ts';

const { validateData } = proxyActivities<Activities>(DATA_BOUND);

/** What ingesting a source would say of it, without making a dataset version of it. @returns artifact of the DataValidation */
export const validateDataset = (input: ValidateDatasetInput): Promise<string> => validateData(input);
