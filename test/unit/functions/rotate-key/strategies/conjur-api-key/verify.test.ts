import { expect, it } from 'vitest';
import type { RotationContext } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/context.ts';
import { readStaged, testCredential } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/verify.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

/** A version that shows itself after some looks. */
function contextWithVersionAfter(looks: number, deadlineMs = 10_000): { context: RotationContext; clock: FakeClock } {
  const clock = new FakeClock();
  let looked = 0;
  const read = async () => {
    looked += 1;
    if (looked <= looks) return undefined;
    const content = Secret.of('{"username":"host/app/blue","api_key":"key"}');
    return { versionId: 'v', content, createdAtMs: undefined };
  };
  const context = {
    deps: { clock },
    versions: { read },
    secretId: 'app/credential',
    versionId: 'v',
    rotationToken: undefined,
    deadline: new Deadline(clock, deadlineMs),
  } as unknown as RotationContext;
  return { context, clock };
}

it.each([0, 1, 4])('a version that is invisible for %i looks is found by waiting a moment', async (looks) => {
  const { context } = contextWithVersionAfter(looks);
  expect((await readStaged(context))?.login).toBe('host/app/blue');
});

it('a version that stays invisible counts as one without a value, after a second and a half', async () => {
  const { context, clock } = contextWithVersionAfter(99);
  expect(await readStaged(context)).toBeUndefined();
  expect(clock.sleeps).toEqual([100, 200, 400, 800]);
});

it('no wait goes past the deadline', async () => {
  const { context, clock } = contextWithVersionAfter(99, 350);
  expect(await readStaged(context)).toBeUndefined();
  expect(clock.sleeps).toEqual([100, 200]);
});

/** A Conjur that takes every key for the same login, and connections that are counted. */
function contextWithConjur(login: string, refuses = false): { context: RotationContext; ends: string[] } {
  const ends: string[] = [];
  const client = {
    async authenticate() {
      if (refuses) throw new ConjurError('authentication_failed', 'It is refused.');
    },
    whoami: async () => ({ login }),
    idle: async () => void ends.push('idle'),
    close: async () => void ends.push('close'),
  };
  const { context } = contextWithVersionAfter(0);
  return { context: { ...context, deps: { ...context.deps, connectAs: () => client as never } }, ends };
}

const CREDENTIAL = { login: 'host/app/blue', apiKey: Secret.of('key'), hosts: undefined, canary: undefined };

it('a key with which Conjur takes its holder for somebody else does not go into use', async () => {
  const { context } = contextWithConjur('host/app/green');
  await expect(testCredential(context, CREDENTIAL)).rejects.toMatchObject({
    code: 'authentication_failed',
    message: expect.stringContaining('Conjur takes it for host/app/green'),
  });
});

it.each([false, true])(
  'the connections of a test end with it, once nothing is left in flight (refused: %s)',
  async (refuses) => {
    const { context, ends } = contextWithConjur('host/app/blue', refuses);
    await testCredential(context, CREDENTIAL).catch(() => undefined);
    expect(ends).toEqual(['idle', 'close']);
  },
);
