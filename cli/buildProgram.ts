import { Command, Option } from 'commander';
import { readConfiguration } from '../platform/configuration.ts';
import type { CliContext, CliProcess, GlobalOptions, OutputFormat, Runner } from './CliContext.ts';
import { createClients } from './clients/createClients.ts';
import { addAuditCommand } from './commands/auditCommand.ts';
import { addCompletionCommands } from './commands/completionCommands.ts';
import { addBaselineCommands } from './commands/baselineCommands.ts';
import { addCustomersCommands } from './commands/customersCommands.ts';
import { addDatasetsCommands } from './commands/datasetsCommands.ts';
import { addEvaluateCommand } from './commands/evaluateCommand.ts';
import { addExperimentsCommands } from './commands/experimentsCommands.ts';
import { addExplainCommand } from './commands/explainCommand.ts';
import { addInitCommand } from './commands/initCommand.ts';
import { addKeyCommand } from './commands/keyCommand.ts';
import { addKeysCommands } from './commands/keysCommands.ts';
import { addModelsCommands } from './commands/modelsCommands.ts';
import { addOutcomesCommands } from './commands/outcomesCommands.ts';
import { addPredictCommand } from './commands/predictCommand.ts';
import { addRunsCommands } from './commands/runsCommands.ts';
import { addScoreCommand } from './commands/scoreCommand.ts';
import { addSessionCommands } from './commands/sessionCommands.ts';
import { addSimulateCommand } from './commands/simulateCommand.ts';
import { addStartCommand } from './commands/startCommand.ts';
import { addStatusCommand } from './commands/statusCommand.ts';
import { addSubmitCommand } from './commands/submitCommand.ts';
import { addTrainCommand } from './commands/trainCommand.ts';
import { openCredentialStore } from './credentials/credentialStore.ts';
import { findCredential, secretFor } from './credentials/findCredential.ts';
import { nextStep } from './credentials/nextStep.ts';
import { addUsersCommands } from './commands/usersCommands.ts';
import { examples } from './examples.ts';
import { resolveServer } from './server/resolveServer.ts';

// All commands with their options and help. What a command does is in its own file.

interface Outcome {
  exitCode: number;
  format: OutputFormat;
  /** What to do about the error, where it is one of who may do what. */
  nextStep: string | null;
}

export function buildProgram(
  args: readonly string[],
  cliProcess: CliProcess,
): { program: Command; outcome: Outcome } {
  const { stdout, stderr } = cliProcess;
  // Known before the arguments are parsed, so that an error in them is told in the asked form too.
  const outcome: Outcome = {
    exitCode: 0,
    format: args.includes('--json') ? 'json' : 'table',
    nextStep: null,
  };
  const program = new Command('holdfast')
    .description('Keeps a customer-churn model true after it ships: train, promote, serve, watch.')
    .addOption(new Option('-o, --output <format>', 'how data is printed').choices(['table', 'json']))
    .option('--json', 'the same as --output json')
    .option(
      '--server <url>',
      'the installation: a host, https://HOST or https://HOST:PORT (default: HOLDFAST_SERVER, this machine)',
    )
    .option('--control <host:port>', 'its control server (default: port HOLDFAST_CONTROL_PORT, 9001)')
    .option('--inference <host:port>', 'its inference server (default: port HOLDFAST_INFERENCE_PORT, 9000)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => stdout.isTTY && stdout.hasColors(),
      getErrHasColors: () => stderr.isTTY && stderr.hasColors(),
    })
    .showHelpAfterError('(add --help to see what the command takes)')
    .helpCommand(true);
  const run: Runner = async (command, action) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    outcome.format = options.json === true ? 'json' : (options.output ?? 'table');
    const context = createContext(options, outcome.format, cliProcess);
    try {
      outcome.exitCode = await action(context);
    } catch (error) {
      outcome.nextStep = nextStep(error, context);
      throw error;
    } finally {
      context.clients.close();
    }
  };
  addStartCommand(program, run);
  addStatusCommand(program, run);
  addTrainCommand(program, run);
  addRunsCommands(program, run);
  addModelsCommands(program, run);
  addDatasetsCommands(program, run);
  addExperimentsCommands(program, run);
  addOutcomesCommands(program, run);
  addCustomersCommands(program, run);
  addBaselineCommands(program, run);
  addPredictCommand(program, run);
  addExplainCommand(program, run);
  addSubmitCommand(program, run);
  addScoreCommand(program, run);
  addEvaluateCommand(program, run);
  addSimulateCommand(program, run);
  addInitCommand(program, run);
  addSessionCommands(program, run);
  addKeyCommand(program, run);
  addKeysCommands(program, run);
  addUsersCommands(program, run);
  addAuditCommand(program, run);
  addCompletionCommands(program, cliProcess, options => createContext(options, 'table', cliProcess));
  program.addHelpText(
    'after',
    `${examples(
      './holdfast start --once --data telco.csv',
      './holdfast train --data telco.csv --wait',
      './holdfast models list --json',
      "./holdfast predict --set tenure=5 --set Contract='One year' …",
      './holdfast score --in customers.csv --out scored.csv',
    )}

Exit codes: 0 ok, 1 failed, 2 usage or bad input, 3 not found, 4 not allowed, 5 conflict, 6 not logged in, 130 interrupted.`,
  );
  return { program, outcome };
}

function createContext(options: GlobalOptions, format: OutputFormat, cliProcess: CliProcess): CliContext {
  const configuration = readConfiguration();
  const server = resolveServer(options, configuration);
  const logins = openCredentialStore(configuration.configHome);
  const credential = findCredential(configuration, server, logins);
  const clients = createClients(server, {
    security: server.security,
    secretFor: address => secretFor(credential, server, address),
  });
  return { ...cliProcess, configuration, format, server, credential, logins, clients };
}
