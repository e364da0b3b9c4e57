import { z } from 'zod';
import { offerDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { ReportSummary } from '../clients/summariseReport.ts';
import { formatDigest, formatMetric, formatSeconds, formatTime } from './format.ts';
import { printTable } from './printTable.ts';

/** A model's versions with the figures by which they are compared. */
export function printVersions(stdout: NodeJS.WriteStream, versions: readonly ModelVersion[]): void {
  const right = 'right' as const;
  printTable(
    stdout,
    [
      { title: 'VERSION', align: right },
      { title: 'ALIASES' },
      { title: 'TRAINER' },
      { title: 'ROC AUC', align: right },
      { title: 'LOG-LOSS', align: right },
      { title: 'CALIBRATION ERROR', align: right },
      { title: 'DATA', align: right },
      { title: 'DIGEST' },
      { title: 'CREATED' },
    ],
    versions.map(version => [
      version.version,
      version.aliases.join(', ') || '-',
      version.trainer,
      formatMetric(version.metrics?.rocAuc),
      formatMetric(version.metrics?.logLoss),
      formatMetric(version.metrics?.calibrationError),
      version.datasetVersion,
      formatDigest(version.digest),
      formatTime(version.createTime),
    ]),
  );
}

const offered = z.object({ offer: offerDefinition });

function chosenFor({ signature }: ModelVersion): string {
  const { data } = offered.safeParse(signature);
  if (data === undefined) return 'of the best F1';
  const { cost, customerValue, successRate } = data.offer;
  return `of the highest profit (an offer costs ${cost}, keeps ${successRate} of those who would leave, each worth ${customerValue})`;
}

const inputs = z.object({
  inputs: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      missing: z.string().optional(),
      min: z.number().nullish(),
      max: z.number().nullish(),
      integer: z.boolean().optional(),
      levels: z.array(z.string()).optional(),
    }),
  ),
});

/** Of a version that was not trained here. */
const origin = z.object({
  file: z.object({ name: z.string(), digest: z.string() }),
  notes: z.array(z.string()),
});

/** One version in full, but for what only programs read (--json has it). */
export function printVersion(
  stdout: NodeJS.WriteStream,
  version: ModelVersion,
  report: ReportSummary | null,
): void {
  const facts: [string, string][] = [
    ['model', version.model],
    ['version', String(version.version)],
    ['aliases', version.aliases.join(', ') || '-'],
    ['trainer', version.trainer],
    ['digest', formatDigest(version.digest)],
    ['threshold', `${formatMetric(version.threshold)}, ${chosenFor(version)}`],
    ['data', `version ${version.datasetVersion} (${formatDigest(version.datasetDigest)})`],
    ['definition', formatDigest(version.definitionDigest)],
    ['run', version.runId],
    ['trained in', formatSeconds(version.trainingSeconds)],
    ['created', formatTime(version.createTime)],
    ['report', report?.page ?? 'not made yet'],
  ];
  for (const [name, value] of facts) stdout.write(`${name.padEnd(12)} ${value}\n`);
  const foreign = origin.safeParse(version.parameters);
  if (foreign.success) {
    const { file, notes } = foreign.data;
    stdout.write(`${'file'.padEnd(12)} ${file.name || 'without a name'} (${formatDigest(file.digest)})\n`);
    for (const note of notes) stdout.write(`${'note'.padEnd(12)} ${note}\n`);
  }
  stdout.write('\n');
  const folds = version.crossValidation;
  printTable(
    stdout,
    [
      { title: 'METRIC' },
      { title: 'HOLDOUT', align: 'right' },
      { title: 'CROSS-VALIDATION', align: 'right' },
    ],
    Object.entries(version.metrics ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        formatMetric(value),
        folds[name] === undefined
          ? '-'
          : `${formatMetric(folds[name].mean)} ± ${formatMetric(folds[name].sd)}`,
      ]),
  );
  if (report !== null) {
    stdout.write('\n');
    printTable(
      stdout,
      [
        { title: 'CONTACTED', align: 'right' },
        { title: 'GAIN', align: 'right' },
        { title: 'LIFT', align: 'right' },
      ],
      report.gain.map(({ share, gain, lift }) => [
        `${Math.round(100 * share)} %`,
        `${(100 * gain).toFixed(1)} %`,
        lift.toFixed(2),
      ]),
    );
  }
  const signature = inputs.safeParse(version.signature);
  if (!signature.success) return;
  stdout.write('\n');
  printTable(
    stdout,
    [{ title: 'COLUMN' }, { title: 'KIND' }, { title: 'EXPECTED' }, { title: 'MISSING' }],
    signature.data.inputs.map(input => [input.name, input.kind, expected(input), input.missing]),
  );
}

type Input = z.output<typeof inputs>['inputs'][number];

function expected({ kind, integer, min, max, levels = [] }: Input): string {
  if (kind === 'category')
    return levels.length <= 8
      ? levels.join(' | ')
      : `${levels.slice(0, 8).join(' | ')} | … (${levels.length})`;
  const range =
    min == null && max == null ? 'any' : `${min == null ? '' : min} … ${max == null ? '' : max}`.trim();
  return integer === true ? `${range}, whole` : range;
}
