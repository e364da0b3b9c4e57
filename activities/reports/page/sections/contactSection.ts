import type { ModelReport } from '../../../../ml/report/ModelReport.ts';
import { percent } from '../axes.ts';
import { drawChart } from '../drawChart.ts';
import { figure, type Section, table } from '../elements.ts';
import { formatShare } from '../format.ts';
import { html } from '../html.ts';
import { lineChart } from '../lineChart.ts';
import { square } from '../sizes.ts';

/** Whom to contact: what the highest-ranked share of the customers holds. */
export function contactSection({ gain, label }: ModelReport): Section {
  const chart = (
    id: string,
    name: string,
    of: 'gain' | 'lift',
    byChance: readonly (readonly [number, number])[],
  ) =>
    drawChart(
      id,
      `${name} by the share of customers contacted, the highest probabilities first`,
      lineChart({
        x: { name: 'Share contacted', min: 0, max: 1, format: percent },
        y: { name, min: 0, ...(of === 'gain' ? { max: 1, format: percent } : {}) },
        series: [
          {
            name: 'model',
            dots: true,
            points: [
              ...(of === 'gain' ? [[0, 0] as const] : []),
              ...gain.map(point => [point.share, point[of]] as const),
            ],
          },
          { name: 'by chance', reference: true, points: byChance },
        ],
      }),
      square,
    );
  const data = table(
    'Gain and lift',
    ['Contacted', 'Gain', 'Lift'].map(title => ({ title, align: 'right' })),
    gain.map(({ share, gain: found, lift }) => [formatShare(share), formatShare(found), lift.toFixed(2)]),
  );
  return {
    id: 'contact',
    title: 'Whom to contact',
    body: html`<div class="charts">
${figure(
  'Gain',
  `share of all ${label.positive} found`,
  chart('gain', 'Gain', 'gain', [
    [0, 0],
    [1, 1],
  ]),
  data,
)}
${figure(
  'Lift',
  `how many times more ${label.positive} than among as many at random`,
  chart('lift', 'Lift', 'lift', [
    [0, 1],
    [1, 1],
  ]),
  data,
)}
</div>`,
  };
}
