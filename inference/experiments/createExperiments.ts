import { DEFAULT_EXPERIMENT } from '../../db/experiments/Experiment.ts';
import { allocateBuckets } from '../../ml/experiments/allocateBuckets.ts';
import { BUCKETS } from '../../ml/experiments/bucketOf.ts';
import { createAssignment } from '../../ml/experiments/createAssignment.ts';
import type { AliasTarget } from '../ModelRegistry.ts';
import type { RunningExperiment } from './RunningExperiment.ts';

// The experiments that run, as the hot path asks of them: which arm a unit is in, and which version an arm is just now. Where
// none is registered for a model, AB_ENABLED makes one of Production and Staging.

export interface AbDefaults {
  readonly enabled: boolean;
  /** The share of the units that Staging answers, 0 to 100. */
  readonly bucketBPct: number;
}

export interface VersionTarget {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
}

export interface Arm {
  readonly name: string;
  /** Null where its alias stands nowhere. */
  readonly target: VersionTarget | null;
}

export interface ModelExperiment {
  readonly name: string;
  /** By name; the shadow arm is not among them. */
  readonly arms: ReadonlyMap<string, Arm>;
  readonly shadow: Arm | null;
  assign(unitKey: string): Arm;
}

export interface Experiments {
  of(model: string): ModelExperiment | undefined;
  /** Every version that an arm is, each once. */
  readonly versions: readonly VersionTarget[];
}

export const noExperiments: Experiments = { of: () => undefined, versions: [] };

export function createExperiments(
  registered: readonly RunningExperiment[],
  aliases: readonly AliasTarget[],
  defaults: AbDefaults,
): Experiments {
  const running = [
    ...registered,
    ...(defaults.enabled ? defaultExperiments(registered, aliases, defaults) : []),
  ];
  const byModel = new Map(running.map(each => [each.model, toModelExperiment(each, aliases)]));
  const versions = new Map<string, VersionTarget>();
  for (const { arms, shadow } of byModel.values())
    for (const { target } of [...arms.values(), ...(shadow === null ? [] : [shadow])])
      if (target !== null) versions.set(`${target.model}/${target.version}`, target);
  return { of: model => byModel.get(model), versions: [...versions.values()] };
}

function toModelExperiment(
  { model, name, salt, allocation, arms }: RunningExperiment,
  aliases: readonly AliasTarget[],
): ModelExperiment {
  const resolved = arms.map(({ name: arm, version, alias, digest, shadow }) => {
    const standing = aliases.find(target => target.model === model && target.alias === alias);
    const known = version !== null && digest !== null ? { version, digest } : standing;
    const target = known === undefined ? null : { model, version: known.version, digest: known.digest };
    return { name: arm, target, shadow };
  });
  const answering = new Map(resolved.filter(({ shadow }) => !shadow).map(arm => [arm.name, arm]));
  const armOf = createAssignment(salt, allocation);
  return {
    name,
    arms: answering,
    shadow: resolved.find(({ shadow }) => shadow) ?? null,
    assign: unitKey => {
      const arm = answering.get(armOf(unitKey));
      if (arm === undefined)
        throw new Error(`The allocation of ${name} of ${model} names an arm that is none.`);
      return arm;
    },
  };
}

/** One a model with a Production and another Staging; its name tells the pair, its salt keeps the units together. */
function defaultExperiments(
  registered: readonly RunningExperiment[],
  aliases: readonly AliasTarget[],
  { bucketBPct }: AbDefaults,
): RunningExperiment[] {
  const weight = Math.round((bucketBPct * BUCKETS) / 100);
  const allocation = allocateBuckets(
    [],
    [
      { arm: 'A', weight: BUCKETS - weight },
      { arm: 'B', weight },
    ],
  );
  return aliases.flatMap(({ model, alias, version }): RunningExperiment[] => {
    const staging = aliases.find(target => target.model === model && target.alias === 'staging');
    if (alias !== 'production' || staging === undefined || staging.version === version) return [];
    if (registered.some(experiment => experiment.model === model)) return [];
    const arm = { version: null, digest: null, shadow: false };
    return [
      {
        model,
        name: `${DEFAULT_EXPERIMENT}-${version}-${staging.version}`,
        salt: DEFAULT_EXPERIMENT,
        allocation,
        arms: [
          { name: 'A', alias: 'production', ...arm },
          { name: 'B', alias: 'staging', ...arm },
        ],
      },
    ];
  });
}
