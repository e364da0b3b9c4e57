import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { ReportVersionsInput } from '../platform/workflowContract.ts';
import { CPU_BOUND, QUICK } from './activityOptions.ts';
import { failureText } from './failureText.ts';

const { unreportedVersions } = proxyActivities<Activities>(QUICK);
const { reportVersion } = proxyActivities<Activities>(CPU_BOUND);

/**
 * Makes the reports of a model's versions, one after the other: of those that are named, in that order, else of all that have none.
 * One that cannot be made does not keep the others from theirs.
 */
export async function reportVersions(input: ReportVersionsInput = {}): Promise<void> {
  const { model, versions } = await unreportedVersions(input);
  const failures: unknown[] = [];
  for (const version of versions)
    try {
      await reportVersion({ model, version });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('a version has no report', { model, version, why: failureText(error) });
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
