import type { ExperimentResults } from '../../proto/gen/holdfast/v1/experiment.ts';
import { formatCount, formatMetric } from './format.ts';
import { printTable } from './printTable.ts';

/** What an experiment shows so far. */
export function printResults(
  stdout: NodeJS.WriteStream,
  { model, name, arms, sampleRatio }: ExperimentResults,
): void {
  const right = 'right' as const;
  printTable(
    stdout,
    [
      { title: 'ARM' },
      { title: 'VERSION' },
      { title: 'EXPOSED', align: right },
      { title: 'EXPECTED', align: right },
      { title: 'OUTCOMES', align: right },
      { title: 'POSITIVE', align: right },
      { title: 'RATE', align: right },
      { title: '95 %', align: right },
    ],
    arms.map(arm => [
      arm.name,
      arm.version,
      formatCount(arm.exposureCount),
      arm.expectedExposureCount.toFixed(1),
      formatCount(arm.outcomeCount),
      formatCount(arm.positiveCount),
      formatMetric(arm.positiveRate),
      arm.positiveRate === undefined ? '-' : `${formatMetric(arm.rateLow)} … ${formatMetric(arm.rateHigh)}`,
    ]),
  );
  const said =
    arms.length === 1 ? 'One arm answers every unit: there is no split to check' : verdict(sampleRatio);
  stdout.write(`\n${said} (${name} of ${model})\n`);
}

function verdict(check: ExperimentResults['sampleRatio']): string {
  if (check === undefined) return 'Too few units to check the split';
  const test = `chi-squared ${check.chiSquared.toFixed(2)}, ${check.degreesOfFreedom} degrees of freedom, p ${check.pValue.toPrecision(2)}`;
  return check.mismatch
    ? `The units are NOT split as the weights say: do not compare the arms; ${test}`
    : `The units are split as the weights say: ${test}`;
}
