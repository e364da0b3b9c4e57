import type { CustomSeriesRenderItem } from 'echarts';
import { colours } from './drawChart.ts';

/** Intervals, upright or lying, as a series of [place, low, high]; the place is a value or the number of a category. */
export const errorBars = (
  intervals: readonly (readonly [number, number, number])[],
  direction: 'vertical' | 'horizontal',
) => ({
  type: 'custom' as const,
  silent: true,
  z: 3,
  // Which of the three numbers lie on which axis, so that the axes have room for them and for nothing else.
  encode: direction === 'vertical' ? { x: 0, y: [1, 2] } : { x: [1, 2], y: 0 },
  data: intervals.map(interval => [...interval]),
  renderItem: draw(direction),
});

const draw =
  (direction: 'vertical' | 'horizontal'): CustomSeriesRenderItem =>
  (_parameters, api) => {
    const point = (value: number): readonly number[] =>
      api.coord(direction === 'vertical' ? [api.value(0), value] : [value, api.value(0)]);
    const [x1, y1] = point(Number(api.value(1)));
    const [x2, y2] = point(Number(api.value(2)));
    const [capX, capY] = direction === 'vertical' ? [4, 0] : [0, 4];
    return {
      type: 'group',
      children: [
        line(x1, y1, x2, y2),
        line(x1 - capX, y1 - capY, x1 + capX, y1 + capY),
        line(x2 - capX, y2 - capY, x2 + capX, y2 + capY),
      ],
    };
  };

const line = (x1: number, y1: number, x2: number, y2: number) => ({
  type: 'line' as const,
  shape: { x1, y1, x2, y2 },
  style: { stroke: colours.ink, lineWidth: 1.25, opacity: 0.75 },
});
