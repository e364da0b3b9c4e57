import { type Experiment, ExperimentStatus } from '../../proto/gen/holdfast/v1/experiment.ts';
import { formatCount, formatTime } from './format.ts';
import { printTable } from './printTable.ts';

const statusOf = ({ status }: Experiment): string =>
  status === ExperimentStatus.EXPERIMENT_STATUS_RUNNING ? 'running' : 'stopped';

const percent = (weight: number): string => `${weight} %`;

/** Experiments, a line each. */
export function printExperiments(stdout: NodeJS.WriteStream, experiments: readonly Experiment[]): void {
  printTable(
    stdout,
    [
      { title: 'MODEL' },
      { title: 'NAME' },
      { title: 'STATUS' },
      { title: 'ARMS' },
      { title: 'STARTED' },
      { title: 'ENDED' },
    ],
    experiments.map(experiment => [
      experiment.model,
      experiment.name,
      statusOf(experiment),
      experiment.arms
        .map(
          ({ name, version, weightPercent, shadow }) =>
            `${name}=${version}${shadow ? ' (shadow)' : `:${weightPercent}`}`,
        )
        .join(' '),
      formatTime(experiment.startTime),
      formatTime(experiment.endTime),
    ]),
  );
}

/** One experiment: its arms, and its history where the answer has it. */
export function printExperiment(stdout: NodeJS.WriteStream, experiment: Experiment): void {
  const { model, name, salt, startTime, endTime, arms, events } = experiment;
  const until = endTime === undefined ? '' : ` to ${formatTime(endTime)}`;
  stdout.write(
    `${name} of ${model}: ${statusOf(experiment)}, from ${formatTime(startTime)}${until}, salt ${salt}\n\n`,
  );
  printTable(
    stdout,
    [
      { title: 'ARM' },
      { title: 'VERSION' },
      { title: 'WEIGHT', align: 'right' },
      ...(events.length === 0 ? [] : [{ title: 'EXPOSED', align: 'right' as const }]),
    ],
    arms.map(arm => [
      arm.name,
      arm.version,
      arm.shadow ? 'shadow' : percent(arm.weightPercent),
      ...(events.length === 0 ? [] : [arm.shadow ? '-' : formatCount(arm.exposureCount)]),
    ]),
  );
  if (events.length === 0) return;
  stdout.write('\n');
  printTable(
    stdout,
    [{ title: 'TIME' }, { title: 'CHANGE' }, { title: 'WEIGHTS' }, { title: 'BY' }, { title: 'REASON' }],
    events.map(({ time, kind, weights, actor, reason }) => [
      formatTime(time),
      kind,
      weights.map(({ arm, weightPercent }) => `${arm}=${weightPercent}`).join(' '),
      actor,
      reason || '-',
    ]),
  );
}
