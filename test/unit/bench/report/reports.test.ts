import { describe, expect, it } from 'vitest';
import { drawChart } from '../../../bench/report/draw-chart.ts';
import { fillInFigures } from '../../../bench/report/fill-in-figures.ts';
import { formatTable } from '../../../bench/report/format-table.ts';
import { toRatio, toRatioRow } from '../../../bench/report/ratio.ts';

describe('a ratio', () => {
  it('keeps to its limit by the median of its repetitions', () => {
    expect(toRatio('a ÷ b', [0.9, 1.3, 1.1], 1.1)).toMatchObject({ met: true, limit: 1.1, measured: { median: 1.1 } });
    expect(toRatio('a ÷ b', [0.9, 1.3, 1.2], 1.1)).toMatchObject({ met: false });
    expect(toRatio('a ÷ b', [1])).not.toHaveProperty('met');
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

    const once = fillInFigures(document, [{ machine, results }]);

    expect(once).toContain('| slow ÷ fast | 3.000 | 3.000 | 3.000 | 2 | **not met** |');
    expect(once).toContain('| read | 1.00 | 2.00 | 3.00 | ms |');
    expect(once).not.toContain('old');
    expect(once.startsWith('before\n')).toBe(true);
    expect(once.endsWith('\nafter\n')).toBe(true);
    expect(fillInFigures(once, [{ machine, results }])).toBe(once);
  });

  it('must have a place for them', () => {
    expect(() => fillInFigures('nothing', [])).toThrow('no place');
  });
});
