import { describe, expect, it } from 'vitest';
import { drawChart } from '../../../bench/report/draw-chart.ts';
import { fillInFigures } from '../../../bench/report/fill-in-figures.ts';
import { formatTable } from '../../../bench/report/format-table.ts';
import { joinRatios, toRatio, toRatioRow } from '../../../bench/report/ratio.ts';
import { formatResults, joinRuns } from '../../../bench/report/result.ts';

describe('a ratio', () => {
  it('keeps to its limit by the median of its repetitions', () => {
    expect(toRatio('a ÷ b', [0.9, 1.3, 1.1], 1.1)).toMatchObject({ met: true, limit: 1.1, measured: { median: 1.1 } });
    expect(toRatio('a ÷ b', [0.9, 1.3, 1.2], 1.1)).toMatchObject({ met: false });
    expect(toRatio('a ÷ b', [1])).not.toHaveProperty('met');
  });

  it('of several runs is met where each run has met it', () => {
    const [good, bad] = [toRatio('a ÷ b', [1, 1.1, 9], 1.1), toRatio('a ÷ b', [1.2], 1.1)];
    expect(joinRatios([good, good])).toMatchObject({ met: true, runs: [1.1, 1.1] });
    const joined = joinRatios([good, bad, good]);
    expect(joined).toMatchObject({ met: false, limit: 1.1, measured: { min: 1.1, median: 1.1, max: 1.2 } });
    expect(toRatioRow(joined).at(-1)).toBe('NOT MET (met in 2 of 3)');
    expect(joinRatios([toRatio('c', [1]), toRatio('c', [3])])).not.toHaveProperty('met');
  });

  it('is one row of a table', () => {
    const table = formatTable(
      ['ratio', 'min', 'median', 'max', 'limit', ''],
      [toRatioRow(toRatio('write ÷ sequence', [0.5], 0.6)), toRatioRow(toRatio('x', [12.25]))],
    );
    expect(table.split('\n')).toEqual([
      'ratio                min  median     max  limit',
      '----------------  ------  ------  ------  -----  ---',
      'write ÷ sequence   0.500   0.500   0.500  0.600  met',
      'x                 12.250  12.250  12.250',
    ]);
  });
});

const results = [
  {
    title: 'read',
    ratios: [toRatio('read <a> ÷ b & c', [1, 1.05, 9], 1.1), toRatio('slow ÷ fast', [3], 2), toRatio('no limit', [5])],
    figures: [{ figure: 'read', unit: 'ms' as const, measured: { min: 1, median: 2, max: 3 } }],
  },
];

describe('the results', () => {
  it('of one run stay as they are, those of several are the spread of their medians', () => {
    expect(joinRuns([results])).toBe(results);
    const [{ figures, ratios } = { figures: [], ratios: [] }] = joinRuns([results, results]);
    expect(figures[0]?.measured).toEqual({ min: 2, median: 2, max: 2 });
    expect(ratios).toHaveLength(3);
  });

  it('are printed as far as they have a limit, and all on request', () => {
    expect(formatResults(results, false)).not.toContain('no limit');
    expect(formatResults(results, true)).toContain('no limit');
    expect(formatResults(results, true)).toContain('ms');
  });
});

describe('the chart', () => {
  it('draws each ratio that has a limit, within the picture, and marks the one that passes it', () => {
    const svg = drawChart(results);

    expect(svg.match(/<rect /g)).toHaveLength(2);
    expect(svg.match(/class="over"/g)).toHaveLength(1);
    expect(svg).toContain('read &lt;a&gt; ÷ b &amp; c');
    expect(svg).not.toContain('no limit');
    const ends = [...svg.matchAll(/x2="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(Math.max(...ends)).toBeLessThanOrEqual(860);
  });
});

describe('the document', () => {
  const machine = { node: 'v24.0.0', processors: 2, processor: 'a processor', load: '0.1' };

  it('gets the figures in their place, again and again', () => {
    const document = 'before\n<!-- figures: written by the benchmarks -->\nold\n<!-- end of figures -->\nafter\n';

    const once = fillInFigures(document, [{ machine, runs: 1, results }]);

    expect(once).toContain('| slow ÷ fast | 3.000 | 3.000 | 3.000 | 2 | **not met** |');
    expect(once).not.toContain('no limit');
    expect(once).not.toContain('old');
    expect(once.startsWith('before\n')).toBe(true);
    expect(once.endsWith('\nafter\n')).toBe(true);
    expect(fillInFigures(once, [{ machine, runs: 1, results }])).toBe(once);
  });

  it('says of several runs what held in all of them, and what was measured of a genuine Conjur', () => {
    const figure = 'batch of 50 ÷ 50 reads in sequence, 15 ms per request';
    const run = (ratio: number) => [{ title: 'batch', ratios: [toRatio(figure, [ratio], 0.08)], figures: [] }];
    const document = '<!-- figures: written by the benchmarks -->\n<!-- end of figures -->\n';
    const reports = [{ machine, runs: 3, results: joinRuns([run(0.07), run(0.09), run(0.08)]) }];
    expect(fillInFigures(document, reports)).toContain(
      `| ${figure} | 0.070 | 0.080 | 0.090 | 0.08 | **not met** (met in 2 of 3) | 0.060 to 0.082 |`,
    );
    expect(fillInFigures(document, reports, true)).toContain(
      `| ${figure} | 0.080 | 0.08 | **not met** (met in 2 of 3) |`,
    );
  });

  it('must have a place for them', () => {
    expect(() => fillInFigures('nothing', [])).toThrow('no place');
  });
});
