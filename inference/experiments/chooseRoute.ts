import type { PredictionKind } from '../../db/predictions/Prediction.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { ModelExperiment } from './createExperiments.ts';

// Which version answers a call, and as what it is recorded.

export interface Route {
  /** As ModelStore.use takes it: a number, or the request's own. */
  readonly version: string;
  readonly kind: PredictionKind;
  readonly experiment: string | null;
  readonly arm: string | null;
  /** The version that computes the same and tells nobody. */
  readonly shadow: { readonly arm: string; readonly version: string } | null;
}

export interface RouteRequest {
  /** The version that the request names; empty: whatever is right for the unit. */
  readonly version: string;
  /** Who the call is for; null: nobody in particular. */
  readonly unitKey: string | null;
  /** The arm that a test asks for; empty: none. */
  readonly forcedArm: string;
}

/**
 * A named version is answered as it is, outside of any experiment. So is a call for no unit.
 * @param isLoaded whether a version of the model is in memory
 * @throws HoldfastError invalidArgument, failedPrecondition where an arm was asked for that is not there
 */
export function chooseRoute(
  model: string,
  experiment: ModelExperiment | undefined,
  { version, unitKey, forcedArm }: RouteRequest,
  isLoaded: (version: number) => boolean,
): Route {
  if (forcedArm !== '') return forced(model, experiment, version, forcedArm, isLoaded);
  if (version !== '' || experiment === undefined || unitKey === null) return outside(version);
  const { name: arm, target } = experiment.assign(unitKey);
  const common = { experiment: experiment.name, arm, shadow: shadowOf(experiment, isLoaded) };
  if (target === null || !isLoaded(target.version)) return { version: '', kind: 'fallback', ...common };
  return { version: String(target.version), kind: 'answer', ...common };
}

const outside = (version: string): Route => ({
  version,
  kind: 'answer',
  experiment: null,
  arm: null,
  shadow: null,
});

function shadowOf({ shadow }: ModelExperiment, isLoaded: (version: number) => boolean): Route['shadow'] {
  const version = shadow?.target?.version;
  return shadow === null || version === undefined || !isLoaded(version)
    ? null
    : { arm: shadow.name, version: String(version) };
}

function forced(
  model: string,
  experiment: ModelExperiment | undefined,
  version: string,
  asked: string,
  isLoaded: (version: number) => boolean,
): Route {
  const name = shorten(asked, 60);
  if (version !== '')
    throw new HoldfastError(
      'invalidArgument',
      `The call asks for version ${JSON.stringify(shorten(version, 60))} and, by x-holdfast-arm, for the arm ${JSON.stringify(name)}: expected one of them.`,
    );
  if (experiment === undefined)
    throw new HoldfastError(
      'failedPrecondition',
      `The call asks for the arm ${JSON.stringify(name)} (x-holdfast-arm), but no experiment of ${model} runs. See \`./holdfast experiments list --model ${model}\`.`,
    );
  const { arms, shadow } = experiment;
  const arm = arms.get(asked) ?? (shadow?.name === asked ? shadow : undefined);
  if (arm === undefined) {
    const names = [...arms.keys(), ...(shadow === null ? [] : [shadow.name])];
    throw new HoldfastError(
      'invalidArgument',
      `The experiment ${experiment.name} of ${model} has no arm ${JSON.stringify(name)} (x-holdfast-arm).${didYouMean(name, names)} Expected ${names.join(', ')}.`,
    );
  }
  if (arm.target === null || !isLoaded(arm.target.version))
    throw new HoldfastError(
      'failedPrecondition',
      `The arm ${asked} of ${experiment.name} of ${model} is not loaded; Production answers in its place.`,
    );
  return {
    version: String(arm.target.version),
    kind: 'override',
    experiment: experiment.name,
    arm: asked,
    shadow: null,
  };
}
