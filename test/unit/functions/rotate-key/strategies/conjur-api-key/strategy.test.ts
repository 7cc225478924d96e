import { expect, it } from 'vitest';
import { conjurApiKey } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/strategy.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);

/** The secret that a rotation looks at first; it is not there. */
async function secretOf(call: object, credentialSecretId?: string): Promise<unknown> {
  const settings = { credentialSecretId } as never;
  const rotation = conjurApiKey.parse({ strategy: 'conjur-api-key', ...call });
  const described: string[] = [];
  const describe = async (secretId: string) => {
    described.push(secretId);
    throw new Error('It is not there.');
  };
  const deps = { settings, loadSecretVersions: async () => ({ describe }) } as never;
  const rotate = async () => rotation.rotate(deps, deadline, (_, work) => work());
  await rotate().catch((error: unknown) => {
    if (described.length === 0) throw error;
  });
  // What the log is told.
  expect(rotation.secretId(settings)).toBe(described[0]);
  return described[0];
}

it.each([
  ['its id', { secret_id: 'by-id' }, 'by-id'],
  ['its name', { name: 'by-name' }, 'by-name'],
  ['both, where they are the same', { secret_id: 'same', name: 'same' }, 'same'],
  ["nothing: then it is the functions' own", {}, 'own'],
])('the secret is named by %s', async (_, call, expected) => {
  expect(await secretOf(call, 'own')).toBe(expected);
});

it('a call must name one secret, and only one', async () => {
  await expect(secretOf({})).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('names no secret'),
  });
  await expect(secretOf({ secret_id: 'a', name: 'b' })).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('two secrets'),
  });
});

it('concerns no variable of Conjur, and shows no value', () => {
  expect(conjurApiKey.parse({ strategy: 'conjur-api-key' })).toMatchObject({
    affectedVariables: [],
    stagingVariables: [],
    returnValue: false,
    rights: ['rotate'],
  });
});
