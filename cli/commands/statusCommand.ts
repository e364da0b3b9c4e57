import type { Command } from 'commander';
import { type ErrorCode, errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';
import { HealthCheckResponse_ServingStatus } from '../../proto/gen/grpc/health/v1/health.ts';
import { ListModelsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import { type Component, SystemStatus } from '../../proto/gen/holdfast/v1/system.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { allItems } from '../lists/allItems.ts';

/** A part that does not answer within it is down. */
const ANSWER_MS = 5_000;

export function addStatusCommand(program: Command, run: Runner): void {
  program
    .command('status')
    .description('what runs, what is in Production, and where; exits 1 when something is down')
    .addHelpText('after', examples('./holdfast status', 'holdfast status --json'))
    .action((_options: unknown, command: Command) => run(command, status));
}

async function status(context: CliContext): Promise<number> {
  const { clients, signal, stdout, format, server } = context;
  const options = { signal, deadlineMs: ANSWER_MS };
  const [control, inference, gateway, models] = await Promise.all([
    askControl(context),
    askInference(context),
    askGateway(context),
    allItems(
      {},
      page => clients.models.listModels(page, options),
      answer => answer.models,
    ).catch((error: unknown) => {
      // Which part is down, and why, stands in the components.
      if (error instanceof HoldfastError) return [];
      throw error;
    }),
  ]);
  const components = [...control.components, inference, gateway];
  const { rest, temporalUi } = server;
  const urls = {
    rest,
    temporalUi: temporalUi === null ? null : `http://${temporalUi}`,
    inference: clients.addresses.inference,
    control: clients.addresses.control,
  };
  if (format === 'json') {
    const body = { components, models, nextPageToken: '' };
    printJson(stdout, {
      components: Object(toProtoJson('holdfast.v1.SystemStatus', SystemStatus, body)).components as unknown,
      models: Object(toProtoJson('holdfast.v1.ListModelsResponse', ListModelsResponse, body))
        .models as unknown,
      urls,
    });
  } else {
    printTable(
      stdout,
      [{ title: 'PART' }, { title: 'STATE' }, { title: 'ADDRESS' }, { title: 'DETAIL' }],
      components.map(({ name, up, address, detail }) => [name, up ? 'up' : 'DOWN', address, detail]),
    );
    stdout.write('\n');
    printTable(
      stdout,
      [
        { title: 'MODEL' },
        { title: 'PRODUCTION', align: 'right' },
        { title: 'STAGING', align: 'right' },
        { title: 'VERSIONS', align: 'right' },
      ],
      models.map(model => [model.name, model.productionVersion, model.stagingVersion, model.versionCount]),
    );
    stdout.write(`\nREST ${rest}${urls.temporalUi === null ? '' : `, Temporal UI ${urls.temporalUi}`}\n`);
  }
  if (!components.every(({ up }) => up)) return 1;
  return control.refused === null ? 0 : errorCodes[control.refused].exit;
}

interface ControlAnswer {
  readonly components: readonly Component[];
  /** Why it says nothing to this caller; null where it does. */
  readonly refused: ErrorCode | null;
}

async function askControl({ clients, signal }: CliContext): Promise<ControlAnswer> {
  try {
    const { components } = await clients.system.getStatus({}, { signal, deadlineMs: ANSWER_MS });
    return { components, refused: null };
  } catch (error) {
    const address = clients.addresses.control;
    // Who refuses is there.
    if (error instanceof HoldfastError && /^(?:unauthenticated|permissionDenied)$/.test(error.code))
      return {
        components: [{ name: 'control', up: true, address, detail: `refused to say more: ${error.message}` }],
        refused: error.code,
      };
    return { components: [downComponent('control', address, error)], refused: null };
  }
}

async function askInference({ clients, signal }: CliContext): Promise<Component> {
  const address = clients.addresses.inference;
  try {
    const service = 'holdfast.v1.PredictionService';
    const answer = await clients.health.check({ service }, { signal, deadlineMs: ANSWER_MS });
    const up = answer.status === HealthCheckResponse_ServingStatus.SERVING;
    return {
      name: 'inference',
      up,
      address,
      detail: up ? 'serving' : 'not serving yet: nothing is in Production, or it is loading',
    };
  } catch (error) {
    return downComponent('inference', address, error);
  }
}

async function askGateway({ server: { rest }, signal }: CliContext): Promise<Component> {
  const address = rest.replace(/^https?:\/\//, '');
  try {
    const answer = await fetch(`${rest}/health`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    await answer.body?.cancel();
    // Its health is the inference server's, which has a line of its own: whatever it answers, it is up.
    return { name: 'gateway', up: true, address, detail: `answered ${answer.status}` };
  } catch (error) {
    signal.throwIfAborted();
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { name: 'gateway', up: false, address, detail: reason };
  }
}

function downComponent(name: string, address: string, error: unknown): Component {
  if (error instanceof HoldfastError) return { name, up: false, address, detail: error.message };
  throw error;
}
