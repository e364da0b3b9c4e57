import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { join } from 'node:path';
import { profileTable } from '../../ml/dataset/profileTable.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import type { DataValidation, ValidateDatasetInput } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { checkData } from '../runs/checkData.ts';
import { withPulse } from '../withPulse.ts';
import { checkAcceptable } from './checkAcceptable.ts';
import { findSource } from './findSource.ts';
import type { Source } from './Source.ts';
import { validateSource } from './validateSource.ts';
import { withPrivateCopy } from './withPrivateCopy.ts';

type Ports = Pick<ActivityPorts, 'database' | 'artifacts' | 'home' | 'environment'>;

/**
 * Says of a source what ingest would say, by the same code, and keeps nothing of it but that.
 * @returns artifact of the DataValidation: it may be long
 */
export const createValidateData =
  (ports: Ports) =>
  async ({ model, data }: ValidateDatasetInput): Promise<string> => {
    let rows = 0;
    return withPulse(
      () => heartbeat({ rows }),
      async () => {
        checkData(data);
        const signal = cancellationSignal();
        const { definition } = await loadProject(model);
        const source = await findSource(ports, definition, { data, fresh: true }, signal);
        const validation = await validate(definition, source, signal, progress => {
          rows = progress.rows;
        });
        return ports.artifacts.put(Buffer.from(JSON.stringify(validation)));
      },
    );
  };

const validate = (
  definition: ProjectDefinition,
  source: Source,
  signal: AbortSignal,
  onProgress: (progress: { readonly rows: number }) => void,
): Promise<DataValidation> =>
  withPrivateCopy(source, signal, async ({ path, digest, folder }) => {
    const { shownAs } = source;
    const columns = columnsOf(definition);
    let result: Awaited<ReturnType<typeof validateSource>>;
    try {
      result = await validateSource(definition, readTextTable(path, { shownAs, signal }), {
        shownAs,
        quarantinePath: join(folder, 'quarantine.csv'),
        onProgress,
      });
    } catch (error) {
      const nothing = { sourceRows: 0, rows: 0, quarantined: 0, profile: null };
      const reason = reasonOf(error);
      return { digest, ...nothing, reason, columns, violations: [], violationCounts: [], ignoredColumns: [] };
    }
    const { table, sourceRows, quarantined, violations, violationCounts, ignoredColumns } = result;
    const profile = { ...profileTable(table) };
    const counted = { digest, sourceRows, rows: table.rowCount, quarantined, profile, columns };
    return {
      ...counted,
      reason: whyNot(definition, result, shownAs),
      violations,
      violationCounts,
      ignoredColumns,
    };
  });

function whyNot(
  definition: ProjectDefinition,
  result: Awaited<ReturnType<typeof validateSource>>,
  shownAs: string,
): string | null {
  try {
    checkAcceptable(definition, result, shownAs);
    return null;
  } catch (error) {
    // Its first line: the violations are told one by one.
    return reasonOf(error).split('\n', 1)[0];
  }
}

/** The message of a fault of the data; any other error goes on. */
function reasonOf(error: unknown): string {
  if (
    error instanceof HoldfastError &&
    (error.code === 'invalidArgument' || error.code === 'failedPrecondition')
  )
    return error.message;
  throw error;
}

/** All that the definition looks at, in its order. */
const columnsOf = ({ id, label, eventTime, columns }: ProjectDefinition): string[] => [
  ...new Set([id, ...Object.keys(columns), eventTime, label.column].filter(name => name !== undefined)),
];
