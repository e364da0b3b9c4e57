import type { Experiment, ExperimentArm } from '../../db/experiments/Experiment.ts';

/** An arm, and the file of its version where it is a version's and not an alias's. */
export interface RunningArm extends ExperimentArm {
  readonly digest: string | null;
}

/** What inference needs to know of an experiment that runs. */
export interface RunningExperiment extends Pick<Experiment, 'model' | 'name' | 'salt' | 'allocation'> {
  readonly arms: readonly RunningArm[];
}
