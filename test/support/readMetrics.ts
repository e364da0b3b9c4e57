import assert from 'node:assert/strict';

/** A page in Prometheus' text format as series → value, each series as the page writes it: `name{label="value",…}`. */
export function readMetrics(page: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const at = line.lastIndexOf(' ');
    const name = line.slice(0, at);
    assert.ok(!series.has(name), `${name} is there twice`);
    series.set(name, Number(line.slice(at + 1)));
  }
  return series;
}
