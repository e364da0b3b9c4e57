import { addressesOf } from '../platform/addresses.ts';
import type { Configuration } from '../platform/configuration.ts';
import { channelSecurity } from '../platform/tls/channelSecurity.ts';
import { USER_FILE_MODE, writeFileAtomically } from '../platform/writeFileAtomically.ts';
import { RunStatus } from '../proto/gen/holdfast/v1/run.ts';
import { createClients } from './clients/createClients.ts';
import { watchRun } from './clients/watchRun.ts';
import { findKey } from './credentials/findKey.ts';
import { fileError } from './fileError.ts';
import { createRunProgress } from './output/createRunProgress.ts';
import { printLeaderboard, statusName } from './output/printRun.ts';
import { buildReport } from './start/buildReport.ts';
import { obtainRun, productionVersion, type Wanted } from './start/obtainRun.ts';
import { printNextSteps } from './start/printNextSteps.ts';
import { servePrediction } from './start/servePrediction.ts';
import type { StartContext } from './start/StartContext.ts';
import { typicalInstance } from './start/typicalInstance.ts';

// What `npm start` does once everything runs: bring a model to Production where none is (or where other data is given), show
// how it went, and one prediction that was really served.

export interface MainJobOptions extends Wanted {
  readonly configuration: Configuration;
  /** Where the report goes, as JSON. */
  readonly report?: string;
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/**
 * @returns ok: whether the model is in Production and served; what went wrong with the run was printed
 * @throws HoldfastError where something else went wrong
 */
export async function mainJob(options: MainJobOptions): Promise<{ ok: boolean }> {
  const { configuration, signal } = options;
  const key = findKey(configuration);
  const clients = createClients(addressesOf(configuration), {
    security: channelSecurity(configuration.tls.client),
    secretFor: () => key,
  });
  try {
    return { ok: await bringToProduction({ clients, signal }, options) };
  } finally {
    clients.close();
  }
}

async function bringToProduction(context: StartContext, options: MainJobOptions): Promise<boolean> {
  const { model, print } = options;
  const { run: begun, found } = await obtainRun(context, options);
  const progress = createRunProgress(process.stderr);
  if (found !== null) print(found);
  const run =
    found !== null
      ? begun
      : await watchRun(context, begun.id || begun.workflowId, state => progress.update(state));
  progress.end();
  if (run.status !== RunStatus.RUN_STATUS_SUCCEEDED) {
    print(
      `The training run ${run.workflowId} ${statusName(run.status)}: ${run.error || 'see the Temporal UI'}`,
    );
    return false;
  }
  print('');
  printLeaderboard(process.stdout, run);
  const production = await productionVersion(context, model);
  const refused = run.result?.gate.filter(({ passed }) => !passed) ?? [];
  if (refused.length > 0)
    print(
      `\nThe gate refused the champion, version ${run.result?.championVersion}: ${refused.map(({ detail }) => detail).join('; ')}.`,
    );
  if (production === null) {
    print(
      `${model} has nothing in Production: change the gate in projects/${model}.ts, or train on other data.`,
    );
    return false;
  }
  if (refused.length > 0)
    print(
      `What was in Production stays. To serve the new version all the same: ./holdfast models promote ${model} ${run.result?.championVersion}`,
    );
  const { clients, signal } = context;
  const wanted = { model, version: String(production.datasetVersion) };
  const dataset = await clients.datasets.get(wanted, { signal });
  const prediction = await servePrediction(context, model, typicalInstance(production, dataset));
  print(
    `\n${model} version ${production.version} (${production.trainer}), trained on ${dataset.source}, is in Production.`,
  );
  if (run.result?.promotedTo === 'staging')
    print(
      `Version ${run.result.championVersion} of this run is in Staging: ./holdfast models promote ${model} ${run.result.championVersion}`,
    );
  const { probability, label, modelVersion } = prediction;
  print(
    `A typical customer is answered ${JSON.stringify(label)}: probability ${probability.toFixed(4)}, threshold ${production.threshold.toFixed(4)} (version ${modelVersion}).`,
  );
  if (options.report !== undefined)
    await writeReport(options.report, buildReport(run, production, prediction));
  if (!options.once) printNextSteps(options, prediction.instance);
  return true;
}

async function writeReport(path: string, report: object): Promise<void> {
  try {
    await writeFileAtomically(path, `${JSON.stringify(report, null, 2)}\n`, { mode: USER_FILE_MODE });
  } catch (error) {
    throw fileError(path, error);
  }
}
