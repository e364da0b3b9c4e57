import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { type Section, table, tiles } from '../elements.ts';
import { formatCount, formatFigure, formatShare, metricTitle } from '../format.ts';
import { html } from '../html.ts';

const shown = ['rocAuc', 'averagePrecision', 'logLoss', 'brier', 'calibrationError', 'f1', 'profit'] as const;

/** The verdict first: the figures of the holdout, and how far they can be believed. */
export function summarySection(report: ModelReport): Section {
  const { metrics, crossValidation, split, gain } = report;
  const tenth = gain.find(({ share }) => share === 0.1);
  const best = shown.flatMap(name => {
    const value = metrics[name];
    const folds = crossValidation[name];
    if (value === undefined) return [];
    const note = folds === undefined ? '' : `folds ${formatFigure(folds.mean)} ± ${formatFigure(folds.sd)}`;
    return [{ name: metricTitle(name), value: formatFigure(value), note }];
  });
  const lift =
    tenth === undefined
      ? []
      : [
          {
            name: 'Lift at 10 %',
            value: tenth.lift.toFixed(2),
            note: `finds ${formatShare(tenth.gain)} of them`,
          },
        ];
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(crossValidation)])];
  return {
    id: 'summary',
    title: 'Summary',
    body: html`<p>On <strong>${formatCount(split.holdoutRows)}</strong> customers that no training saw (${formatCount(split.holdoutPositives)} of them ${report.label.positive}), scored by the model file itself. Beside each figure: mean and deviation over ${split.folds} folds of the training part.</p>
${tiles([...best, ...lift])}
<details><summary>All metrics</summary>${table(
      'All metrics',
      [{ title: 'Metric' }, { title: 'Holdout', align: 'right' }, { title: 'Folds', align: 'right' }],
      names.map(name => {
        const value = Object.entries(metrics).find(([metric]) => metric === name)?.[1];
        const folds = crossValidation[name];
        return [
          metricTitle(name),
          value === undefined ? '–' : formatFigure(value),
          folds === undefined ? '–' : `${formatFigure(folds.mean)} ± ${formatFigure(folds.sd)}`,
        ];
      }),
    )}</details>`,
  };
}
