import { findStarted } from '../../db/experiments/findStarted.ts';
import { type NewExperiment, startExperiment as recordStart } from '../../db/experiments/startExperiment.ts';
import type { ExperimentArm } from '../../db/experiments/Experiment.ts';
import { DEFAULT_EXPERIMENT } from '../../db/experiments/Experiment.ts';
import { aliasNames } from '../../db/aliases/Alias.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import type { Operation } from '../../platform/grpc/Operation.ts';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import type {
  ArmRequest,
  Experiment,
  StartExperimentRequest,
} from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';
import { invalidExperiment } from './invalidExperiment.ts';
import { readWeights } from './weights.ts';

type Ports = Pick<ControlPorts, 'database' | 'defaultModel'>;

/**
 * Starts an experiment of a model.
 * @throws HoldfastError notFound (model, version); invalidArgument; failedPrecondition (arms that take other columns);
 *   conflict (one is running); alreadyExists (the name was used)
 */
export async function startExperiment(
  ports: Ports,
  asked: StartExperimentRequest,
  actor: string,
  operation?: Operation,
): Promise<Experiment> {
  const model = await requireModel(ports, asked.model);
  const { name, arms, reason } = asked;
  const salt = asked.salt || `${model}/${name}`;
  const violations: FieldViolation[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name) || name.startsWith(DEFAULT_EXPERIMENT))
    violations.push({
      field: 'name',
      description: `expected a lower-case letter, then letters, digits and hyphens, not beginning with ${DEFAULT_EXPERIMENT}, got ${JSON.stringify(name)}`,
    });
  if (!/^[A-Za-z0-9._:/-]{1,200}$/.test(salt))
    violations.push({
      field: 'salt',
      description: `expected at most 200 letters, digits and . _ : / -, got ${JSON.stringify(salt)}`,
    });
  checkArms(arms, violations);
  const answering = arms.filter(arm => !arm.shadow);
  const weights = readWeights(
    answering.map(arm => ({ arm: arm.name, weightPercent: arm.weightPercent })),
    'arms',
    violations,
  );
  if (violations.length > 0) throw invalidExperiment('started', violations);
  const versions = await Promise.all(arms.map(arm => getVersion(ports.database, model, arm.version)));
  assertSameColumns(model, arms, versions);
  const wanted: NewExperiment = {
    model,
    name,
    salt,
    arms: arms.map((arm, index) => toArm(arm, versions[index])),
    weights,
    actor,
    reason,
  };
  const started = operation?.again === true ? await findStarted(ports.database, wanted, operation) : null;
  const recorded = started ?? (await recordStart(ports.database, wanted));
  return encodeExperiment(recorded);
}

function toArm({ name, version, shadow }: ArmRequest, found: ModelVersion): ExperimentArm {
  const alias = aliasNames.find(known => known === version.trim()) ?? null;
  return { name, alias, version: alias === null ? found.version : null, shadow };
}

function checkArms(arms: readonly ArmRequest[], violations: FieldViolation[]): void {
  const shadows = arms.filter(arm => arm.shadow);
  const answering = arms.length - shadows.length;
  // One arm alone splits nothing; beside a shadow it is what the shadow is compared with.
  if (answering < (shadows.length > 0 ? 1 : 2) || arms.length > 20)
    violations.push({
      field: 'arms',
      description: `expected 2 to 20 arms, of which at least 2 answer, or 1 beside a shadow arm; got ${answering} that ${answering === 1 ? 'answers' : 'answer'} of ${arms.length}`,
    });
  if (shadows.length > 1)
    violations.push({ field: 'arms', description: `expected at most 1 shadow arm, got ${shadows.length}` });
  for (const [index, { name, version, shadow, weightPercent }] of arms.entries()) {
    const fault = (part: string, description: string): void =>
      void violations.push({ field: `arms[${index}].${part}`, description });
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name))
      fault('name', `expected a letter, then letters, digits, - and _, got ${JSON.stringify(name)}`);
    else if (arms.findIndex(other => other.name === name) !== index) fault('name', `${name} is there twice`);
    if (version.trim() === '') fault('version', 'is empty; expected a version number, production or staging');
    if (shadow && weightPercent !== 0) fault('weight_percent', 'a shadow arm answers nobody: expected 0');
  }
}

/** A request is read once, for whichever arm it goes to: what one arm takes the others must take. */
function assertSameColumns(
  model: string,
  arms: readonly ArmRequest[],
  versions: readonly ModelVersion[],
): void {
  const columns = versions.map(({ signature }) => columnsOf(signature));
  const different = columns.findIndex(names => names !== columns[0]);
  if (different === -1) return;
  throw new HoldfastError(
    'failedPrecondition',
    `The arms ${arms[0].name} (version ${versions[0].version}) and ${arms[different].name} (version ${versions[different].version}) of ${model} take different columns, so that a customer could not go to either: ${columns[0]}; and ${columns[different]}. Compare versions with the same columns.`,
  );
}

function columnsOf(signature: ModelVersion['signature']): string {
  const { inputs } = signature;
  const names = Array.isArray(inputs)
    ? inputs.map((input: unknown) =>
        typeof input === 'object' && input !== null && 'name' in input ? String(input.name) : '',
      )
    : [];
  return names.toSorted().join(', ');
}
