import { describe, expect, it } from 'vitest';
import {
  awsErrorName,
  clientPerRegion,
  regionOf,
  toAwsCause,
  toClientOptions,
  toRegionMissing,
} from '../../../../lib/auth/aws-calls.ts';

describe('what is kept of an error of AWS', () => {
  it('is its name and where it happened, and nothing that it says', () => {
    const error = Object.assign(new Error('at sesame\n    open at'), { name: 'TimeoutError' });
    error.stack = 'TimeoutError: at sesame\n    open at\n    at send (sdk.js:1:2)\nat retry (sdk.js:3:4)';
    const cause = toAwsCause(error);
    expect([cause.name, cause.message]).toEqual(['TimeoutError', 'an error of the AWS SDK; its message is left out']);
    expect(cause.stack).toBe(
      'TimeoutError: an error of the AWS SDK; its message is left out\n    at send (sdk.js:1:2)\nat retry (sdk.js:3:4)',
    );
    expect(Object.keys(cause)).toEqual([]);
  });

  it('is less where it has no stack, or is no error', () => {
    const bare = new Error('sesame');
    delete bare.stack;
    expect(toAwsCause(bare).stack).toBe('Error: an error of the AWS SDK; its message is left out');
    expect(toAwsCause('sesame').message).toBe('an error of the AWS SDK; its message is left out');
    expect([awsErrorName(new TypeError('sesame')), awsErrorName('sesame')]).toEqual(['TypeError', 'unknown']);
  });
});

it('only the error of a missing region is one', () => {
  expect(toRegionMissing(new Error('Region is missing'), 'reading')).toMatchObject({
    code: 'config_invalid',
    message: 'While reading: AWS_REGION is missing. Set it to the region of the secret.',
  });
  expect(toRegionMissing(new Error('Region is missing.'), 'reading')).toBeUndefined();
  expect(toRegionMissing({ message: 'Region is missing' }, 'reading')).toBeUndefined();
});

it.each([
  ['arn:aws:secretsmanager:us-east-1:444455556666:secret:a-AbCdEf', 'us-east-1'],
  ['arn:aws-us-gov:secretsmanager:us-gov-west-1:444455556666:secret:a', 'us-gov-west-1'],
  ['x-arn:aws:secretsmanager:us-east-1:444455556666:secret:a', undefined],
  ['arn:aws:ssm:us-east-1:444455556666:secret:a', undefined],
  ['conjur/credential', undefined],
])('%s is in the region %s', (id, region) => {
  expect(regionOf(id)).toBe(region);
});

it('there is one client for each region, and one for the region of this process', () => {
  const made: unknown[] = [];
  const clientOf = clientPerRegion((region) => {
    made.push(region);
    return { region };
  });
  const arn = (region: string) => `arn:aws:secretsmanager:${region}:444455556666:secret:a`;
  const regions = ['a', arn('eu-west-1'), 'b', arn('eu-west-1'), arn('us-east-1')].map((id) => clientOf(id).region);
  expect(regions).toEqual([undefined, 'eu-west-1', undefined, 'eu-west-1', 'us-east-1']);
  expect(made).toEqual([undefined, 'eu-west-1', 'us-east-1']);
});

it('a client of AWS has time limits of its own, and not the time of the whole call', () => {
  const limits = {
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  };
  expect(toClientOptions(undefined)).toEqual(limits);
  expect(toClientOptions('eu-west-1')).toEqual({ ...limits, region: 'eu-west-1' });
});
