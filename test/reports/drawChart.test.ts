import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { drawChart } from '../../activities/reports/page/drawChart.ts';

describe('a chart', () => {
  it('is labelled with what it is told, signs of a replacement and all', () => {
    const option = { xAxis: {}, yAxis: {}, series: [{ type: 'line', data: [[0, 1]] }] };
    const { text } = drawChart('c', "A$&B$'C$$D$1", option, { width: 100, height: 50 });
    assert.ok(
      text.startsWith('<svg viewBox="0 0 100 50" role="img" aria-label="A$&#38;B$&#39;C$$D$1" xmlns='),
      text,
    );
  });
});
