import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { percent } from '../axes.ts';
import { drawChart } from '../drawChart.ts';
import { figure, type Section, table } from '../elements.ts';
import { formatFigure, formatShare } from '../format.ts';
import { html } from '../html.ts';
import { lineChart } from '../lineChart.ts';
import { square, thinned } from '../sizes.ts';

/** How well the customers are put in order: ROC and precision-recall. */
export function rankingSection(report: ModelReport): Section {
  const { thresholds, metrics, split } = report;
  const rate = split.holdoutPositives / split.holdoutRows;
  const roc = drawChart(
    'roc',
    `ROC curve: the area under it is ${formatFigure(metrics.rocAuc)}`,
    lineChart({
      x: { name: 'False positive rate', min: 0, max: 1, format: percent },
      y: { name: 'True positive rate', min: 0, max: 1, format: percent },
      series: [
        {
          name: 'model',
          points: [
            [0, 0],
            ...thresholds.map(point => [point.falsePositiveRate, point.truePositiveRate] as const),
          ],
        },
        {
          name: 'by chance',
          reference: true,
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
    }),
    square,
  );
  const precisionRecall = drawChart(
    'pr',
    `Precision-recall curve: average precision is ${formatFigure(metrics.averagePrecision)}`,
    lineChart({
      x: { name: 'Recall', min: 0, max: 1, format: percent },
      y: { name: 'Precision', min: 0, max: 1, format: percent },
      series: [
        {
          name: 'model',
          points: thresholds.map(point => [point.truePositiveRate, point.precision] as const),
        },
        {
          name: 'by chance',
          reference: true,
          points: [
            [0, rate],
            [1, rate],
          ],
        },
      ],
    }),
    square,
  );
  const data = table(
    'Thresholds',
    ['Threshold', 'Answered', 'Recall', 'False positives', 'Precision', 'F1'].map(title => ({
      title,
      align: 'right',
    })),
    thinned(thresholds).map(point => [
      formatFigure(point.threshold),
      formatShare(point.answeredShare),
      formatShare(point.truePositiveRate),
      formatShare(point.falsePositiveRate),
      formatShare(point.precision),
      formatFigure(point.f1),
    ]),
  );
  return {
    id: 'ranking',
    title: 'Ranking',
    body: html`<div class="charts">
${figure('ROC', `area ${formatFigure(metrics.rocAuc)}`, roc, data)}
${figure('Precision and recall', `average precision ${formatFigure(metrics.averagePrecision)}, by chance ${formatFigure(rate)}`, precisionRecall, data)}
</div>`,
  };
}
