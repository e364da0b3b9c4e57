import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { percent } from '../axes.ts';
import { drawChart } from '../drawChart.ts';
import { figure, type Section, table } from '../elements.ts';
import { formatCount, formatFigure, formatNumber, formatShare } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { lineChart } from '../lineChart.ts';
import { small, square, thinned } from '../sizes.ts';

/** What the chosen threshold answers, and what others would. */
export function thresholdSection(report: ModelReport): Section {
  const { threshold, thresholds, offer } = report;
  const mark = { at: threshold, name: 'threshold' };
  const x = { name: 'Threshold', min: 0, max: 1, format: percent };
  // Two pictures in a row, or three.
  const size = offer === null ? square : small;
  const trade = drawChart(
    'trade',
    'Precision, recall and F1 by threshold',
    lineChart({
      x,
      y: { name: 'Value', min: 0, max: 1, format: percent },
      mark,
      series: [
        { name: 'F1', points: thresholds.map(point => [point.threshold, point.f1] as const) },
        { name: 'precision', points: thresholds.map(point => [point.threshold, point.precision] as const) },
        {
          name: 'recall',
          points: thresholds.map(point => [point.threshold, point.truePositiveRate] as const),
        },
      ],
    }),
    size,
  );
  const data = table(
    'Thresholds',
    ['Threshold', 'Answered', 'Precision', 'Recall', 'F1', ...(offer ? ['Profit'] : [])].map(title => ({
      title,
      align: 'right',
    })),
    thinned(thresholds).map(point => [
      formatFigure(point.threshold),
      formatShare(point.answeredShare),
      formatShare(point.precision),
      formatShare(point.truePositiveRate),
      formatFigure(point.f1),
      ...(point.profit === undefined ? [] : [formatNumber(point.profit)]),
    ]),
  );
  const profit =
    offer === null
      ? []
      : [
          figure(
            'Profit',
            'a customer, over all customers, by threshold',
            drawChart(
              'profit',
              'Profit a customer by threshold',
              lineChart({
                x,
                y: { name: 'Profit a customer' },
                mark,
                series: [
                  {
                    name: 'profit',
                    points: thresholds.map(point => [point.threshold, point.profit ?? 0] as const),
                  },
                ],
              }),
              size,
            ),
            data,
          ),
        ];
  return {
    id: 'threshold',
    title: 'Threshold',
    body: html`<p>${chosenFor(report)}</p>
<div class="${offer === null ? 'charts' : 'charts small'}">
<figure><figcaption><strong>Confusion matrix</strong> at threshold ${formatFigure(threshold)}</figcaption>${matrix(report)}</figure>
${figure('Precision, recall and F1', 'by threshold', trade, data)}
${profit}
</div>`,
  };
}

function chosenFor({ threshold, offer, label }: ModelReport): Markup {
  const answered = html`${label.positive} is answered from a probability of <strong>${formatFigure(threshold)}</strong> on`;
  if (offer === null)
    return html`${answered}: the threshold of the best F1 on out-of-fold predictions of the training part.`;
  const { cost, customerValue, successRate } = offer;
  return html`${answered}: the threshold of the highest profit on out-of-fold predictions of the training part, where an offer costs ${formatNumber(cost)} and keeps ${formatShare(successRate)} of those who would leave, each worth ${formatNumber(customerValue)}.`;
}

function matrix({ confusionMatrix, label }: ModelReport): Markup {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusionMatrix;
  const [positives, negatives] = [truePositives + falseNegatives, trueNegatives + falsePositives];
  return html`<table class="matrix">
<thead><tr><td></td><th scope="col">answered ${label.negative}</th><th scope="col">answered ${label.positive}</th></tr></thead>
<tbody><tr><th scope="row">truly ${label.negative}</th>${cell(trueNegatives, negatives, true)}${cell(falsePositives, negatives, false)}</tr>
<tr><th scope="row">truly ${label.positive}</th>${cell(falseNegatives, positives, false)}${cell(truePositives, positives, true)}</tr></tbody>
</table>`;
}

const cell = (count: number, of: number, isRight: boolean): Markup =>
  html`<td class="${isRight ? 'right' : 'wrong'}" style="--share:${of === 0 ? '0' : (count / of).toFixed(3)}"><strong>${formatCount(count)}</strong><span>${formatShare(of === 0 ? 0 : count / of)}</span></td>`;
