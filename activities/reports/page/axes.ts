import { colours } from './drawChart.ts';

// What all charts have in common: quiet axes, a title under each, no interaction.

interface AxisOptions {
  /** About how many parts. */
  readonly parts?: number;
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  readonly format?: (value: number) => string;
}

const lines = {
  axisLine: { show: true, lineStyle: { color: colours.muted } },
  axisTick: { show: false },
  splitLine: { show: true, lineStyle: { color: colours.grid } },
};

const title = (name: string, gap: number) => ({
  name,
  nameLocation: 'middle' as const,
  nameGap: gap,
  nameTextStyle: { color: colours.muted, fontSize: 12 },
});

export const xAxis = ({ name, min, max, format, parts = 5 }: AxisOptions) => ({
  type: 'value' as const,
  splitNumber: parts,
  ...lines,
  ...title(name, 28),
  min,
  max,
  axisLabel: { color: colours.muted, hideOverlap: true, ...(format ? { formatter: format } : {}) },
});

export const yAxis = ({ name, min, max, format }: AxisOptions) => ({
  type: 'value' as const,
  ...lines,
  ...title(name, 44),
  min,
  max,
  axisLabel: { color: colours.muted, ...(format ? { formatter: format } : {}) },
});

/** @param width of the labels, in pixels; longer ones are cut */
export const categoryAxis = (data: readonly string[], width = 150) => ({
  type: 'category' as const,
  data: [...data],
  axisLine: { show: true, lineStyle: { color: colours.muted } },
  axisTick: { show: false },
  axisLabel: { color: colours.ink, interval: 0, overflow: 'truncate' as const, width },
});

export const percent = (value: number): string => `${Math.round(100 * value)} %`;

export const grid = { left: 62, right: 22, top: 34, bottom: 48, containLabel: false };

export const legend = {
  show: true,
  top: 0,
  right: 22,
  icon: 'roundRect',
  itemWidth: 16,
  itemHeight: 4,
  itemGap: 18,
  textStyle: { color: colours.ink, fontSize: 12 },
};
