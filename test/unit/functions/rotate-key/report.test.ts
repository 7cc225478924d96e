import { describe, expect, it } from 'vitest';
import { createFunctionError, type FunctionErrorCode } from '../../../../functions/contract/error-codes.ts';
import {
  reportKeyAge,
  reportRotated,
  toSecretName,
  whileCountingFailures,
} from '../../../../functions/rotate-key/report.ts';
import type { EmfMetric } from '../../../../functions/runtime/log.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

const clock = new FakeClock();
const deadline = new Deadline(clock, 10_000);

function record() {
  const metrics: EmfMetric[] = [];
  const dimensions: unknown[] = [];
  const recordMetrics = (some: readonly EmfMetric[], by?: unknown): void => {
    metrics.push(...some);
    dimensions.push(by);
  };
  return { metrics, dimensions, recordMetrics };
}

const outcome = (succeeded: number, failed: number) => [
  { name: 'RotationSucceeded', unit: 'Count', value: succeeded },
  { name: 'RotationFailed', unit: 'Count', value: failed },
];

describe('a rotation that is finished', () => {
  const finished = { name: 'app/key', version: undefined, strategy: 'random', rotatedAt: '2026-03-01T12:00:00Z' };

  it('is counted, and told to the bus: a version that is not known as null', async () => {
    const { metrics, recordMetrics } = record();
    const events: unknown[] = [];
    const publish = async (event: unknown) => void events.push(event);
    expect(await reportRotated({ publish, logger: silentLogger, recordMetrics }, finished, deadline)).toBeUndefined();
    expect(metrics).toEqual(outcome(1, 0));
    expect(events).toEqual([{ name: 'app/key', version: null, strategy: 'random', rotated_at: finished.rotatedAt }]);
  });

  it('is only counted where there is no bus', async () => {
    const { metrics, recordMetrics } = record();
    const deps = { publish: undefined, logger: silentLogger, recordMetrics };
    expect(await reportRotated(deps, finished, deadline)).toBeUndefined();
    expect(metrics).toEqual(outcome(1, 0));
  });

  it.each([
    [new ConjurError('upstream_error', 'The bus is away.'), 'The bus is away.'],
    [new Error('sesame'), 'The event could not be made.'],
  ])('stays finished where the bus fails, and the reason is no stranger\'s text: "%s"', async (error, reason) => {
    const { metrics, recordMetrics } = record();
    const publish = async () => Promise.reject(error);
    expect(await reportRotated({ publish, logger: silentLogger, recordMetrics }, finished, deadline)).toBe(reason);
    expect(metrics).toEqual(outcome(1, 0));
  });
});

describe('a rotation that fails', () => {
  async function failWith(error: Error, isCallers: boolean): Promise<EmfMetric[]> {
    const { metrics, recordMetrics } = record();
    const work = async () => Promise.reject(error);
    await expect(whileCountingFailures({ recordMetrics }, isCallers, work)).rejects.toBe(error);
    return metrics;
  }

  it.each<FunctionErrorCode>([
    'invalid_request',
    'access_mode_denied',
    'not_hosted',
    'forbidden',
    'secret_not_found',
    'delete_not_supported',
    'payload_too_large',
  ])('by the mistake of its caller (%s) is not counted, but a step of Secrets Manager is', async (code) => {
    const error = createFunctionError(code, 'No.');
    expect(await failWith(error, true)).toEqual([]);
    expect(await failWith(error, false)).toEqual(outcome(0, 1));
  });

  it.each([
    new ConjurError('unprocessable', 'No.'),
    new ConjurError('upstream_unavailable', 'No.'),
    Object.assign(new Error('No.'), { code: 'forbidden' }),
  ])('by anything else (%s) is counted', async (error) => {
    expect(await failWith(error, true)).toEqual(outcome(0, 1));
  });

  it('is not counted where it does not', async () => {
    const { metrics, recordMetrics } = record();
    expect(await whileCountingFailures({ recordMetrics }, true, async () => 'done')).toBe('done');
    expect(metrics).toEqual([]);
  });
});

describe('the age of a key', () => {
  it.each([
    [90_400, 90],
    [90_500, 91],
    [500_500_000, 500_500],
    [0, 0],
    // By the clock of this machine it was made in the future.
    [-5_000, 0],
  ])('of %i ms is told as %i seconds, by the name of its secret', (ageMs, value) => {
    const { metrics, dimensions, recordMetrics } = record();
    expect(reportKeyAge({ recordMetrics, clock }, 'app', clock.now() - ageMs)).toBe(value);
    expect(metrics).toEqual([{ name: 'OldestKeyAge', unit: 'Seconds', value }]);
    expect(dimensions).toEqual([{ secret: 'app' }]);
  });

  it('is not told where it is not known', () => {
    const { metrics, recordMetrics } = record();
    expect(reportKeyAge({ recordMetrics, clock }, 'app', undefined)).toBeUndefined();
    expect(metrics).toEqual([]);
  });
});

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/conjur-AbC123';

it.each([
  [ARN, 'app/conjur'],
  [ARN.replace('arn:aws:', 'arn:aws-cn:'), 'app/conjur'],
  ['app/conjur', 'app/conjur'],
  // A name may end like an ARN, and even hold one.
  ['app/conjur-AbC123', 'app/conjur-AbC123'],
  [`x${ARN}`, `x${ARN}`],
  [`${ARN}/`, `${ARN}/`],
])('the name in %s is %s', (secretId, name) => {
  expect(toSecretName(secretId)).toBe(name);
});
