import { expect, it } from 'vitest';
import { lookAtKeyAge } from '../../../../functions/rotate-key/key-age.ts';
import type { EmfMetric } from '../../../../functions/runtime/log.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

const clock = new FakeClock();
const deadline = new Deadline(clock, 10_000);

async function look(secretId: string | undefined, credentialSecretId?: string, version: object | undefined = {}) {
  const read: unknown[] = [];
  const metrics: EmfMetric[] = [];
  const versions = {
    read: async (name: string, which: unknown) => {
      read.push([name, which]);
      return version;
    },
  };
  const deps = {
    settings: { credentialSecretId },
    clock,
    recordMetrics: (some: readonly EmfMetric[]) => void metrics.push(...some),
    loadSecretVersions: async () => versions,
  };
  const answer = await lookAtKeyAge(deps as never, secretId, deadline);
  return { answer, read, metrics };
}

it.each([
  ['given', 'given', 'own'],
  ['own', undefined, 'own'],
])('the key in use of the secret "%s" is looked at', async (name, given, own) => {
  const { answer, read, metrics } = await look(given, own, { createdAtMs: clock.now() - 60_000 });
  expect(answer).toEqual({ kind: 'key-age', name, ageSeconds: 60 });
  expect(read).toEqual([[name, { stage: 'AWSCURRENT' }]]);
  expect(metrics).toMatchObject([{ name: 'OldestKeyAge', value: 60 }]);
});

it('an age that Secrets Manager does not say is not known', async () => {
  const { answer, metrics } = await look('given', undefined, { createdAtMs: undefined });
  expect(answer.ageSeconds).toBeUndefined();
  expect(metrics).toEqual([]);
});

it('a call that names no secret says so, and so does a secret without a value', async () => {
  await expect(look(undefined)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('names no secret'),
  });
  const deps = { settings: {}, loadSecretVersions: async () => ({ read: async () => undefined }) };
  await expect(lookAtKeyAge(deps as never, 'app', deadline)).rejects.toMatchObject({ code: 'secret_not_found' });
});
