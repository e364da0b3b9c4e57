import { type Candidate, Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext } from '../CliContext.ts';
import { formatDigest, formatMetric, formatSeconds, formatTime } from './format.ts';
import { printJson } from './printJson.ts';
import { printTable } from './printTable.ts';
import { toProtoJson } from './toProtoJson.ts';

const names: Readonly<Record<number, string>> = {
  [RunStatus.RUN_STATUS_RUNNING]: 'running',
  [RunStatus.RUN_STATUS_SUCCEEDED]: 'succeeded',
  [RunStatus.RUN_STATUS_FAILED]: 'failed',
  [RunStatus.RUN_STATUS_CANCELLED]: 'cancelled',
};

export const statusName = (status: RunStatus): string => names[status] ?? 'unknown';

/** A run: what it is, what became of it, its leaderboard and the gate. */
export function printRun({ stdout, format }: Pick<CliContext, 'stdout' | 'format'>, run: Run): void {
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.Run', Run, run));
    return;
  }
  const facts: [string, string | undefined][] = [
    ['workflow', run.workflowId],
    ['run', run.id],
    ['model', run.model],
    ['kind', run.kind],
    ['trigger', run.trigger],
    ['status', statusName(run.status)],
    ['stage', run.stage],
    ['started', formatTime(run.startTime)],
    ['ended', run.endTime === undefined ? undefined : formatTime(run.endTime)],
    ['error', run.error],
    [
      'data',
      run.dataset === undefined
        ? undefined
        : `version ${run.dataset.version} (${formatDigest(run.dataset.digest)}), ${run.dataset.rows} rows, ${run.dataset.quarantined} quarantined`,
    ],
    ['champion', run.result?.championVersion ? `version ${run.result.championVersion}` : undefined],
    [
      'promoted to',
      run.result === undefined || run.kind !== 'trainModel'
        ? undefined
        : run.result.promotedTo || 'nothing: the gate refused it',
    ],
  ];
  for (const [name, value] of facts) if (value) stdout.write(`${name.padEnd(12)} ${value}\n`);
  if (run.candidates.length > 0) {
    stdout.write('\n');
    printLeaderboard(stdout, run);
  }
  const gate = run.result?.gate ?? [];
  if (gate.length > 0) {
    stdout.write('\n');
    printTable(
      stdout,
      [{ title: 'GATE' }, { title: 'PASSED' }, { title: 'DETAIL' }],
      gate.map(({ rule, passed, detail }) => [rule, passed ? 'yes' : 'no', detail]),
    );
  }
}

/** The candidates, the best first: by cross-validated log-loss, the champion before all. */
export function printLeaderboard(stdout: NodeJS.WriteStream, run: Run): void {
  const champion = run.result?.championVersion;
  const rank = (candidate: Candidate): number =>
    champion !== undefined && candidate.version === champion
      ? Number.NEGATIVE_INFINITY
      : (candidate.crossValidation.logLoss?.mean ?? Number.POSITIVE_INFINITY);
  const ranked = [...run.candidates].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const right = 'right' as const;
  const hasProfit = ranked.some(({ metrics }) => metrics?.profit !== undefined);
  printTable(
    stdout,
    [
      { title: 'TRAINER' },
      { title: 'STATUS' },
      { title: 'VERSION', align: right },
      { title: 'ROC AUC', align: right },
      { title: 'AVG PRECISION', align: right },
      { title: 'LOG-LOSS', align: right },
      { title: 'BRIER', align: right },
      { title: 'CALIBRATION ERROR', align: right },
      { title: 'F1', align: right },
      ...(hasProfit ? [{ title: 'PROFIT', align: right }] : []),
      { title: 'CV LOG-LOSS', align: right },
      { title: 'TIME', align: right },
    ],
    ranked.map(({ trainer, status, version, metrics, crossValidation, seconds }) => [
      version !== undefined && version === champion ? `${trainer} *` : trainer,
      status,
      version,
      formatMetric(metrics?.rocAuc),
      formatMetric(metrics?.averagePrecision),
      formatMetric(metrics?.logLoss),
      formatMetric(metrics?.brier),
      formatMetric(metrics?.calibrationError),
      formatMetric(metrics?.f1),
      ...(hasProfit ? [formatMetric(metrics?.profit)] : []),
      crossValidation.logLoss === undefined
        ? '-'
        : `${formatMetric(crossValidation.logLoss.mean)} ± ${formatMetric(crossValidation.logLoss.sd)}`,
      formatSeconds(seconds),
    ]),
  );
  if (champion !== undefined && ranked.some(({ version }) => version === champion))
    stdout.write(`* champion${run.result?.choice ? `: ${run.result.choice}` : ''}\n`);
  for (const { trainer, search } of ranked) if (search !== '') stdout.write(`${trainer} ${search}\n`);
}
