import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeText, Markup } from './html.ts';

// ECharts on the server: an option in, one static SVG out. Colours are the page's CSS variables, so that one drawing serves light,
// dark and print; ids are the chart's own, so that the same report is the same bytes.

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

export const colours = {
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  first: 'var(--first)',
  second: 'var(--second)',
  third: 'var(--third)',
  mark: 'var(--mark)',
} as const;

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/**
 * @param id unique on the page
 * @param label what a screen reader says instead of the picture
 */
export function drawChart(id: string, label: string, option: EChartsCoreOption, size: ChartSize): Markup {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      color: [colours.first, colours.second, colours.third],
      textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 12, color: colours.ink },
      ...option,
    });
    return new Markup(named(chart.renderToSVGString(), id, label, size));
  } finally {
    chart.dispose();
  }
}

/** ECharts numbers its charts through the process, and asks for pixels; a page asks for the width of its column. */
const named = (svg: string, id: string, label: string, { width, height }: ChartSize): string =>
  svg.replace(/\bzr\d+-/g, `${id}-`).replace(
    /^<svg [^>]*>/,
    // A function: `$&` in a column's name is a name and no pattern.
    () =>
      `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(label)}" xmlns="http://www.w3.org/2000/svg">`,
  );
