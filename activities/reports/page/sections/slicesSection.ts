import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import type { SliceMetrics, SliceTest } from '../../../../ml/report/sliceMetrics.ts';
import { minimumTested, sliceLevel } from '../../../../ml/report/sliceMetrics.ts';
import { type Section, table } from '../elements.ts';
import { formatCount, formatFigure, formatP, formatShare } from '../format.ts';
import { html, type Markup } from '../html.ts';

const titles: Readonly<Record<SliceTest, string>> = {
  calibration: 'calibration',
  falseNegativeRate: 'false negatives',
  rocAuc: 'ROC AUC',
};

/** Whether the model does equally well for all customers. */
export function slicesSection({ slices, label }: ModelReport): Section {
  const flagged = slices.filter(({ flags }) => flags.length > 0);
  const tests = slices.reduce((sum, { adjustedP }) => sum + Object.keys(adjustedP).length, 0);
  return {
    id: 'slices',
    title: 'Slices',
    body: html`<p>${
      flagged.length === 0
        ? html`<strong>No slice differs beyond chance.</strong>`
        : html`<strong>${flagged.length} of ${slices.length} slices differ beyond chance.</strong>`
    } Of every slice it is tested whether as many are ${label.positive} as its probabilities say, whether its ${label.positive} are missed as often as all others', and whether it is ranked as well as all others (DeLong). The p-values are corrected for all ${tests} tests (Holm): the chance that even one flag is a false alarm is at most ${formatShare(sliceLevel)}. With fewer than ${minimumTested} customers of a kind nothing is tested.</p>
${flagged.length === 0 ? html`` : html`<h3>Flagged</h3>${sliceTable('Flagged slices', flagged)}`}
<details><summary>All ${slices.length} slices</summary>${sliceTable('All slices', slices)}</details>`,
  };
}

const sliceTable = (name: string, slices: readonly SliceMetrics[]): Markup =>
  table(
    name,
    [
      { title: 'Column' },
      { title: 'Slice' },
      { title: 'Customers', align: 'right' },
      { title: 'Rate', align: 'right' },
      { title: 'Mean probability', align: 'right' },
      { title: 'ROC AUC', align: 'right' },
      { title: 'False negatives', align: 'right' },
      { title: 'Differs in' },
    ],
    slices.map(slice => [
      slice.column,
      slice.slice,
      formatCount(slice.rows),
      formatShare(slice.rate),
      formatShare(slice.meanProbability),
      slice.rocAuc === null ? '–' : formatFigure(slice.rocAuc),
      slice.falseNegativeRate === null
        ? '–'
        : `${formatCount(slice.falseNegatives)} of ${formatCount(slice.positives)} (${formatShare(slice.falseNegativeRate)})`,
      html`${slice.flags.map(
        test =>
          html`<span class="flag">${titles[test]} <small>p ${formatP(slice.adjustedP[test] ?? 1)}</small></span> `,
      )}`,
    ]),
  );
