import { findReport } from '../../db/models/findReport.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { listVersions } from '../../db/models/listVersions.ts';
import { z } from 'zod';
import { reportFormat } from '../../ml/report/ModelReport.ts';
import type { ReportVersionsInput } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { parseWorkflowInput } from '../runs/parseWorkflowInput.ts';

const schema = z.strictObject({
  model: z.string().min(1).optional(),
  versions: z.array(z.number().int().min(1)).min(1).optional(),
});

/**
 * Which versions are to get a report: those that are named, in that order, else the model's that stand in Production or Staging, then
 * the newest; without those that have one. A workflow is started by anybody who reaches Temporal, so its input is checked here like a request.
 * @throws HoldfastError invalidArgument, or notFound where a version is named that is not there
 */
export const createUnreportedVersions =
  ({ database, defaultModel }: Pick<ActivityPorts, 'database' | 'defaultModel'>) =>
  async (input: ReportVersionsInput): Promise<{ readonly model: string; readonly versions: number[] }> => {
    const data = parseWorkflowInput(
      'reportVersions',
      schema,
      input,
      'Expected for example {"model":"churn","versions":[5]}, or nothing.',
    );
    const model = data.model ?? defaultModel;
    const known = (await listVersions(database, model)).toSorted(servedFirst);
    const wanted = data.versions ?? known.map(({ version }) => version);
    const versions: number[] = [];
    for (const version of wanted) {
      await getVersion(database, model, version);
      if ((await findReport(database, model, version))?.format !== reportFormat) versions.push(version);
    }
    return { model, versions };
  };

const servedFirst = (one: ModelVersion, other: ModelVersion): number =>
  Number(other.aliases.length > 0) - Number(one.aliases.length > 0) || other.version - one.version;
