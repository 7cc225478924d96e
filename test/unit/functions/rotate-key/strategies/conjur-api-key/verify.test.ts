import { expect, it } from 'vitest';
import type { RotationContext } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/context.ts';
import {
  readStaged,
  testCredential,
  testSecret,
} from '../../../../../../functions/rotate-key/strategies/conjur-api-key/verify.ts';
import { credentialRefused } from '../../../../../../lib/auth/authenticate.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';
import { BLUE, contentOf, FakeCredential, GREEN } from './fake-credential.ts';

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

it.each([
  [350, [100, 200]],
  [300, [100]],
  [0, []],
])('no wait goes past the deadline: of %i ms are waited %j', async (deadlineMs, sleeps) => {
  const { context, clock } = contextWithVersionAfter(99, deadlineMs);
  expect(await readStaged(context)).toBeUndefined();
  expect(clock.sleeps).toEqual(sleeps);
});

/** A Conjur that takes every key for the same login, and connections that are counted. */
function contextWithConjur(login: string, refuses = false): { context: RotationContext; ends: string[] } {
  const ends: string[] = [];
  const client = {
    async authenticate() {
      if (refuses) throw credentialRefused('It is refused.');
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

/** A pair whose version v2 is staged, where it has a value. */
function startWith(staged: object | undefined): FakeCredential {
  return new FakeCredential(
    {
      v1: { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'] },
      v2: { content: staged, labels: ['AWSPENDING'] },
    },
    { [BLUE]: 'blue', [GREEN]: 'green' },
  );
}

const test = (credential: FakeCredential) => testSecret(credential.contextFor('v2'));

it('the staged credential is tested, or else the one in use', async () => {
  const staged = startWith(contentOf(GREEN, 'green'));
  await test(staged);
  expect(staged.calls).toContain(`log in as ${GREEN}`);
  const empty = startWith(undefined);
  await test(empty);
  expect(empty.calls).toContain(`log in as ${BLUE}`);
});

it('a secret without any value cannot be tested', async () => {
  const credential = startWith(undefined);
  credential.versions.delete('v1');
  await expect(test(credential)).rejects.toMatchObject({ code: 'config_invalid' });
});

it('a key that Conjur refuses is told so', async () => {
  await expect(test(startWith(contentOf(GREEN, 'dead')))).rejects.toMatchObject({
    code: 'authentication_failed',
    message: expect.stringContaining('Conjur refuses it'),
  });
});

it.each(['upstream_unavailable', 'authentication_failed'] as const)(
  'a key of which Conjur says nothing is not told dead: %s',
  async (code) => {
    const credential = startWith(contentOf(GREEN, 'green'));
    credential.before = (call) => {
      if (call === `log in as ${GREEN}`) throw new ConjurError(code, 'It is away, or a firewall is in between.');
    };
    await expect(test(credential)).rejects.toMatchObject({ code, message: expect.stringContaining('firewall') });
  },
);

it('the canary is read with the new key, where one is named', async () => {
  const credential = startWith(contentOf(GREEN, 'green', { canary: 'app/canary' }));
  await test(credential);
  expect(credential.calls).toContain(`read app/canary as ${GREEN}`);
  const without = startWith(contentOf(GREEN, 'green'));
  await test(without);
  expect(without.calls.filter((call) => call.endsWith(`as ${GREEN}`))).toEqual([`log in as ${GREEN}`]);
});
