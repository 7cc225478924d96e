import { expect, it } from 'vitest';
import { random } from '../../../../../functions/rotate-key/strategies/random.ts';
import { Deadline } from '../../../../../lib/clock.ts';
import { FakeClock } from '../../../lib/fake-clock.ts';
import { FakeVariables } from '../fake-variables.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const CALL = { name: 'app/key', strategy: 'random' };

/** Draws the last character of the alphabet. */
async function rotate(variables: FakeVariables, more: object = {}) {
  const deps = { conjur: variables.conjur, randomInt: (bound: number) => bound - 1 };
  return random.parse({ ...CALL, ...more }).rotate(deps as never, deadline, (_, work) => work());
}

it.each([
  ['32 letters and digits', {}, '9'.repeat(32)],
  ['as many as asked for', { length: 16 }, '9'.repeat(16)],
  ['of an alphabet of the caller', { length: 16, alphabet: '9876543210' }, '0'.repeat(16)],
  ['behind a prefix', { length: 16, prefix: 'key-' }, `key-${'9'.repeat(16)}`],
])('draws %s', async (_, more, value) => {
  const variables = new FakeVariables({ 'app/key': ['old'] });
  const rotated = await rotate(variables, more);
  expect(rotated).toMatchObject({ name: 'app/key', version: 2 });
  expect(rotated.value?.expose()).toBe(value);
  expect(variables.versionsOf('app/key')).toEqual(['old', value]);
});

it('writes only over the version that the caller has seen', async () => {
  const variables = new FakeVariables({ 'app/key': ['old', 'new'] });
  await expect(rotate(variables, { if_version: 1 })).rejects.toMatchObject({ code: 'unprocessable' });
  expect(variables.versionsOf('app/key')).toEqual(['old', 'new']);
});

it.each([
  [{}, ['rotate'], false],
  [{ return_value: false }, ['rotate'], false],
  [{ return_value: true }, ['rotate', 'read'], true],
])('with %j needs the rights %j of its caller', (more, rights, returnValue) => {
  const rotation = random.parse({ ...CALL, ...more });
  expect(rotation).toMatchObject({
    strategy: 'random',
    affectedVariables: ['app/key'],
    stagingVariables: [],
    rights,
    returnValue,
  });
  expect(rotation.secretId({ credentialSecretId: 'of the function' } as never)).toBeUndefined();
});
