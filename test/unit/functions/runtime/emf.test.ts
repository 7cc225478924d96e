import { describe, expect, it, vi } from 'vitest';
import { createEmf, createFunctionEmf, type EmfMetric } from '../../../../functions/runtime/log.ts';

const once = (name: string): EmfMetric => ({ name, unit: 'Count', value: 1 });
const age = (value: number, unit: EmfMetric['unit'] = 'Seconds'): EmfMetric => ({ name: 'Age', unit, value });

function toLine(dimensions: Record<string, string>, metrics: readonly EmfMetric[]): string {
  return `{${createEmf('ns', dimensions)(metrics, 1_700_000_000_000)}}`;
}

describe('a line in the embedded metric format', () => {
  it('declares the metrics under _aws and holds dimensions and values beside it', () => {
    const line = toLine({ function_name: 'f' }, [once('Done'), age(2.5)]);
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

  it('declares each set of metrics by its own names and units, however often and in whatever order they come', () => {
    const toEmf = createEmf('ns', { function_name: 'f' });
    const sets = [[age(1)], [age(2, 'Milliseconds')], [age(3), once('Done')], [once('Done'), age(4)], [age(5)]];
    const lines = sets.map((metrics, index) => JSON.parse(`{${toEmf(metrics, index)}}`));
    for (const [index, metrics] of sets.entries()) {
      const { _aws, function_name: _, ...values } = lines[index];
      expect(_aws.Timestamp).toBe(index);
      expect(_aws.CloudWatchMetrics[0].Metrics).toEqual(metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })));
      expect(values).toEqual(Object.fromEntries(metrics.map(({ name, value }) => [name, value])));
    }
  });

  it('needs no dimension', () => {
    expect(JSON.parse(toLine({}, [once('Done')]))).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] },
      Done: 1,
    });
  });

  it('escapes what a dimension holds, and is JSON also of a number that JSON has not', () => {
    const hostile = 'a"b\\c\n';
    expect(JSON.parse(toLine({ [hostile]: hostile }, [age(Number.NaN)]))).toMatchObject({
      [hostile]: hostile,
      Age: null,
    });
  });

  it('holds a hundred metrics and thirty dimensions', () => {
    const dimensions = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`d${n}`, 'x']));
    const metrics = Array.from({ length: 100 }, (_, n) => once(`m${n}`));
    expect(JSON.parse(toLine(dimensions, metrics))).toMatchObject({ d29: 'x', m99: 1 });
    expect(JSON.parse(toLine({}, [once('m'.repeat(100))]))).toHaveProperty('m'.repeat(100), 1);
  });

  it.each([
    ['', 'read-secret'],
    ['the-name-in-aws', 'the-name-in-aws'],
  ])('is of the function by its name in AWS, where that is known: %j', (name, expected) => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', name === '' ? undefined : name);
    const line = `{${createFunctionEmf('read-secret', { secret: 'app' })([once('Done')], 1)}}`;
    vi.unstubAllEnvs();
    expect(JSON.parse(line)).toMatchObject({ function_name: expected, secret: 'app' });
    expect(JSON.parse(line)._aws.CloudWatchMetrics[0].Dimensions).toEqual([['function_name', 'secret']]);
  });

  it.each([
    ['no metric', {}, []],
    ['more than a hundred metrics', {}, Array.from({ length: 101 }, (_, n) => once(`m${n}`))],
    [
      'more than thirty dimensions',
      Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`d${n}`, 'x'])),
      [once('m')],
    ],
    ['a metric with the name of a dimension', { m: 'x' }, [once('m')]],
    ['a metric with the name of the declaration', {}, [once('_aws')]],
    ['a metric twice', {}, [once('m'), once('m')]],
    ['a metric whose name is no word', {}, [once('a"b')]],
    ['a metric whose name begins with none', {}, [once('"b')]],
    ['a metric whose name ends with none', {}, [once('a"')]],
    ['a metric whose name is too long', {}, [once('m'.repeat(101))]],
    ['the second metric with the name of a dimension', { m: 'x' }, [once('a'), once('m')]],
  ])('is refused for %s', (_, dimensions, metrics) => {
    expect(() => toLine(dimensions, metrics)).toThrow(TypeError);
  });
});
