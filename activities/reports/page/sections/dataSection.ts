import type { TableProfile } from '../../../../ml/dataset/profileTable.ts';
import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { type Cell, type Section, table } from '../elements.ts';
import { formatCount, formatNumber, formatShare } from '../format.ts';
import { html, type Markup } from '../html.ts';

const shownLevels = 6;

/** What the table holds, column by column. */
export function dataSection({ profile, label, lineage }: ModelReport): Section {
  const { quarantined } = lineage.dataset;
  const numbers = profile.columns.filter(column => column.kind === 'number');
  const categories = profile.columns.filter(column => column.kind === 'category');
  return {
    id: 'data',
    title: 'Data',
    body: html`<p><strong>${formatCount(profile.rows)}</strong> customers, ${formatShare(profile.label.rate ?? 0)} of them ${label.positive}; ${formatCount(quarantined)} rows of the source were quarantined.</p>
${numbers.length === 0 ? html`` : html`<h3>Numbers</h3>${table('Numbers', numberTitles, numbers.map(numberRow))}`}
${
  categories.length === 0
    ? html``
    : html`<h3>Categories</h3>${table(
        'Categories',
        [
          { title: 'Column' },
          { title: 'Missing', align: 'right' },
          { title: 'Levels', align: 'right' },
          { title: 'Most frequent' },
        ],
        categories.map(column => [
          column.name,
          missingOf(column),
          formatCount(column.distinct),
          levels(column),
        ]),
      )}`
}`,
  };
}

type ColumnProfile = TableProfile['columns'][number];

const numberTitles = [
  { title: 'Column' },
  ...['Missing', 'Distinct', 'Mean', 'Deviation', 'Minimum', '25 %', 'Median', '75 %', 'Maximum'].map(
    title => ({
      title,
      align: 'right' as const,
    }),
  ),
];

const missingOf = ({ count, missing }: { readonly count: number; readonly missing: number }): string =>
  missing === 0 ? '–' : `${formatCount(missing)} (${formatShare(missing / (count + missing))})`;

const figure = (value: number | null | undefined): string => (value == null ? '–' : formatNumber(value));

function numberRow(column: ColumnProfile & { kind: 'number' }): Cell[] {
  const { quantiles } = column;
  return [
    column.name,
    missingOf(column),
    formatCount(column.distinct),
    figure(column.mean),
    figure(column.sd),
    figure(column.min),
    figure(quantiles?.p25),
    figure(quantiles?.p50),
    figure(quantiles?.p75),
    figure(column.max),
  ];
}

function levels({ levels: known, count, distinct }: ColumnProfile & { kind: 'category' }): Markup {
  const more = distinct - Math.min(shownLevels, known.length);
  return html`<ul class="levels">${known
    .slice(0, shownLevels)
    .map(
      ({ level, count: rows }) =>
        html`<li style="--share:${(rows / count).toFixed(3)}">${level} <span>${formatShare(rows / count)}</span></li>`,
    )}${more > 0 ? html`<li>and ${more} more</li>` : html``}</ul>`;
}
