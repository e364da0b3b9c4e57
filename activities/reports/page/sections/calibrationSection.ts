import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { grid, legend, percent, xAxis, yAxis } from '../axes.ts';
import { drawChart } from '../drawChart.ts';
import { figure, type Section, table } from '../elements.ts';
import { errorBars } from '../errorBars.ts';
import { formatCount, formatFigure, formatShare } from '../format.ts';
import { html } from '../html.ts';
import { lineChart, markLine } from '../lineChart.ts';
import { square } from '../sizes.ts';

/** Whether a probability means what it says, and how probabilities are spread. */
export function calibrationSection(report: ModelReport): Section {
  const { calibration, distribution, metrics, label, threshold } = report;
  const lines = lineChart({
    x: { name: 'Mean probability', min: 0, max: 1, format: percent },
    y: { name: `Share of ${label.positive}`, min: 0, max: 1, format: percent },
    series: [
      { name: 'model', dots: true, points: calibration.map(bin => [bin.meanProbability, bin.rate] as const) },
      {
        name: 'perfect',
        reference: true,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  });
  const intervals = errorBars(
    calibration.map(bin => [bin.meanProbability, bin.low, bin.high] as const),
    'vertical',
  );
  const reliability = drawChart(
    'calibration',
    `Reliability: calibration error ${formatFigure(metrics.calibrationError)}`,
    {
      ...lines,
      legend: { ...lines.legend, data: ['model', 'perfect'] },
      series: [...lines.series, intervals],
    },
    square,
  );
  const bars = (name: string, of: 'negatives' | 'positives', mark: boolean) => ({
    type: 'bar' as const,
    name,
    stack: 'rows',
    silent: true,
    barCategoryGap: '12%',
    data: distribution.map(bin => [(bin.from + bin.to) / 2, bin[of]]),
    ...(mark ? { markLine: markLine({ at: threshold, name: 'threshold' }) } : {}),
  });
  const spread = drawChart(
    'distribution',
    'How many customers got which probability, by what they truly did',
    {
      grid: { ...grid, top: 48 },
      legend,
      xAxis: xAxis({ name: 'Probability', min: 0, max: 1, format: percent }),
      yAxis: yAxis({ name: 'Customers', min: 0 }),
      series: [bars(label.negative, 'negatives', false), bars(label.positive, 'positives', true)],
    },
    square,
  );
  return {
    id: 'calibration',
    title: 'Calibration',
    body: html`<div class="charts">
${figure(
  'Reliability',
  `of ten bins, with 95 % intervals (Wilson); calibration error ${formatFigure(metrics.calibrationError)}`,
  reliability,
  table(
    'Reliability',
    ['From', 'To', 'Customers', 'Mean probability', 'Share', '95 % interval'].map(title => ({
      title,
      align: 'right',
    })),
    calibration.map(bin => [
      bin.from.toFixed(1),
      bin.to.toFixed(1),
      formatCount(bin.rows),
      formatFigure(bin.meanProbability),
      formatFigure(bin.rate),
      `${formatFigure(bin.low)} – ${formatFigure(bin.high)}`,
    ]),
  ),
)}
${figure(
  'Probabilities',
  `by the true ${label.column}`,
  spread,
  table(
    'Probabilities',
    [
      { title: 'From', align: 'right' },
      { title: 'To', align: 'right' },
      { title: label.negative, align: 'right' },
      { title: label.positive, align: 'right' },
    ],
    distribution.map(bin => [
      formatShare(bin.from),
      formatShare(bin.to),
      formatCount(bin.negatives),
      formatCount(bin.positives),
    ]),
  ),
)}
</div>`,
  };
}
