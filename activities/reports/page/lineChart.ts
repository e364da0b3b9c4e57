import { grid, legend, xAxis, yAxis } from './axes.ts';
import { colours } from './drawChart.ts';

export interface LineSeries {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** A reference: thin, grey and dashed. */
  readonly reference?: boolean;
  readonly dots?: boolean;
}

interface LineChartOptions {
  readonly x: Parameters<typeof xAxis>[0];
  readonly y: Parameters<typeof yAxis>[0];
  readonly series: readonly LineSeries[];
  /** A vertical line: the chosen threshold. */
  readonly mark?: { readonly at: number; readonly name: string };
}

/** Lines over two numbers, without a legend where there is but one line. */
export const lineChart = ({ x, y, series, mark }: LineChartOptions) => ({
  grid: { ...grid, top: series.length > 1 || mark ? 40 : 16 },
  legend: { ...legend, show: series.length > 1 },
  xAxis: xAxis(x),
  yAxis: yAxis(y),
  series: series.map(({ name, points, reference, dots }, place) => ({
    type: 'line' as const,
    name,
    data: points.map(point => [...point]),
    silent: true,
    showSymbol: dots === true,
    symbol: 'circle',
    symbolSize: 7,
    lineStyle: reference ? { color: colours.muted, width: 1.25, type: 'dashed' as const } : { width: 2.25 },
    itemStyle: reference ? { color: colours.muted } : {},
    ...(place === 0 && mark ? { markLine: markLine(mark) } : {}),
  })),
});

export const markLine = ({ at, name }: { readonly at: number; readonly name: string }) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: colours.mark, width: 1.5, type: 'solid' as const },
  label: { formatter: name, color: colours.mark, fontSize: 12, position: 'end' as const },
  data: [{ xAxis: at }],
});
