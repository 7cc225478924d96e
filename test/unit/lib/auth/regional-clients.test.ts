import { describe, expect, it } from 'vitest';
import { clientPerRegion } from '../../../../lib/auth/aws-calls.ts';

describe('A credential in another region', () => {
  it('is asked for in the region of its ARN, and a name in that of the process', () => {
    const made: (string | undefined)[] = [];
    const clientFor = clientPerRegion((region) => {
      made.push(region);
      return { region };
    });
    expect(clientFor('arn:aws:secretsmanager:us-east-1:444455556666:secret:conjur-AbCdEf').region).toBe('us-east-1');
    expect(clientFor('arn:aws:secretsmanager:us-east-1:444455556666:secret:other-AbCdEf').region).toBe('us-east-1');
    expect(clientFor('conjur/credential').region).toBeUndefined();
    expect(made).toEqual(['us-east-1', undefined]);
  });
});
