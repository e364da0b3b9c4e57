import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import type { PartialDependence } from '../../../../ml/report/partialDependence.ts';
import { categoryAxis, grid, percent, xAxis } from '../axes.ts';
import { colours, drawChart } from '../drawChart.ts';
import { figure, type Section, table } from '../elements.ts';
import { errorBars } from '../errorBars.ts';
import { formatCount, formatFigure, formatNumber } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { lineChart } from '../lineChart.ts';
import { small } from '../sizes.ts';

const barHeight = 24;

/** What the model goes by: permutation importance, and partial dependence of the most important columns. */
export function driversSection(report: ModelReport): Section {
  const { importance, partialDependence } = report;
  return {
    id: 'drivers',
    title: 'What the model goes by',
    body: html`${figure(
      'Permutation importance',
      `by how much ROC AUC falls when a column's values change places among ${formatCount(importance.rows)} customers: mean and deviation of ${importance.repeats} times. Columns that say the same share their importance.`,
      importanceChart(report),
      table(
        'Permutation importance',
        [{ title: 'Column' }, { title: 'Mean', align: 'right' }, { title: 'Deviation', align: 'right' }],
        importance.columns.map(({ column, mean, sd }) => [column, formatFigure(mean), formatFigure(sd)]),
      ),
    )}
<h3>Partial dependence</h3>
<p>The mean probability if every customer (of ${formatCount(partialDependence.rows)}) had the value: what the model does, not what would happen.</p>
<div class="charts small">${partialDependence.columns.map((dependence, place) =>
      figure(
        dependence.column,
        '',
        dependenceChart(dependence, `dependence${place + 1}`),
        table(
          `Partial dependence of ${dependence.column}`,
          [{ title: 'Value' }, { title: 'Mean probability', align: 'right' }],
          dependence.points.map(({ value, meanProbability }) => [
            typeof value === 'number' ? formatNumber(value) : value,
            formatFigure(meanProbability),
          ]),
        ),
      ),
    )}</div>`,
  };
}

function importanceChart({ importance: { columns } }: ModelReport): Markup {
  // The lowest bar is the first of a category axis.
  const upwards = columns.toReversed();
  return drawChart(
    'importance',
    `Permutation importance, the most important column is ${columns[0]?.column ?? 'none'}`,
    {
      grid: { ...grid, left: 170, top: 8 },
      xAxis: xAxis({ name: 'Fall of ROC AUC' }),
      yAxis: categoryAxis(upwards.map(({ column }) => column)),
      series: [
        {
          type: 'bar',
          silent: true,
          barCategoryGap: '35%',
          data: upwards.map(({ mean }) => mean),
          itemStyle: { color: colours.first },
        },
        errorBars(
          upwards.map(({ mean, sd }, place) => [place, mean - sd, mean + sd] as const),
          'horizontal',
        ),
      ],
    },
    { width: 1000, height: barHeight * columns.length + 64 },
  );
}

function dependenceChart({ column, kind, points }: PartialDependence, id: string): Markup {
  const label = `Partial dependence of ${column}`;
  if (kind === 'number')
    return drawChart(
      id,
      label,
      lineChart({
        x: { name: column, parts: 4 },
        y: { name: 'Mean probability', min: 0, format: percent },
        series: [
          {
            name: 'model',
            dots: true,
            points: points.map(({ value, meanProbability }) => [Number(value), meanProbability] as const),
          },
        ],
      }),
      small,
    );
  const upwards = points.toReversed();
  return drawChart(
    id,
    label,
    {
      grid: { ...grid, left: 128, top: 8 },
      xAxis: xAxis({ name: 'Mean probability', min: 0, format: percent, parts: 2 }),
      yAxis: categoryAxis(
        upwards.map(({ value }) => String(value)),
        104,
      ),
      series: [
        {
          type: 'bar',
          silent: true,
          barCategoryGap: '40%',
          barMaxWidth: 26,
          data: upwards.map(({ meanProbability }) => meanProbability),
          itemStyle: { color: colours.first },
        },
      ],
    },
    small,
  );
}
