import { describe, expect, it } from 'vitest';
import { type EmfMetric, toEmfLine } from '../../../../functions/shared/emf.ts';

const one: EmfMetric = { value: 1, unit: 'Count' };

describe('a line in the embedded metric format', () => {
  it('declares the metrics under _aws and holds dimensions and values beside it', () => {
    const line = toEmfLine(
      'ns',
      { function_name: 'f' },
      { Done: one, Age: { value: 2.5, unit: 'Seconds' } },
      1_700_000_000_000,
    );
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'ns',
            Dimensions: [['function_name']],
            Metrics: [
              { Name: 'Done', Unit: 'Count' },
              { Name: 'Age', Unit: 'Seconds' },
            ],
          },
        ],
      },
      function_name: 'f',
      Done: 1,
      Age: 2.5,
    });
  });

  it.each([
    ['no metric', {}, {}],
    ['more than a hundred metrics', {}, Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, one]))],
    [
      'more than thirty dimensions',
      Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`d${n}`, 'x'])),
      { m: one },
    ],
    ['a metric with the name of a dimension', { m: 'x' }, { m: one }],
    ['a metric with the name of the declaration', {}, { _aws: one }],
  ])('is refused for %s', (_, dimensions, metrics) => {
    expect(() => toEmfLine('ns', dimensions, metrics, 0)).toThrow(TypeError);
  });
});
