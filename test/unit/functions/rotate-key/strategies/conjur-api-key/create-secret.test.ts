import { describe, expect, it } from 'vitest';
import type { RotationContext } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/context.ts';
import { createSecret } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/create-secret.ts';
import { rotateCredential } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/rotate-credential.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

const CURRENT = '{"username":"host/app/one","api_key":"key-0"}';

/** A single host, whose key is asked for until an answer comes. */
function startWith(answers: (Secret | ConjurError)[], remainingMs = 60_000, current: string | undefined = CURRENT) {
  const clock = new FakeClock();
  const put: string[] = [];
  const stages = new Map(current === undefined ? [] : [['v1', ['AWSCURRENT']]]);
  const versions = {
    describe: async () => ({ arn: 'app', name: 'app', rotationEnabled: true, stages }),
    read: async (_: string, which: object) =>
      'stage' in which && current !== undefined
        ? { versionId: 'v1', content: Secret.of(current), createdAtMs: undefined }
        : undefined,
    putPending: async (_: string, { content }: { content: Secret }) => put.push(content.expose()) > 0,
  };
  let asked = 0;
  const conjur = {
    whoami: async () => ({ login: 'admin' }),
    async rotateApiKeyOf() {
      const answer = answers[asked++];
      if (answer instanceof ConjurError) throw answer;
      return answer;
    },
  };
  const deps = { clock, conjur, recordMetrics: () => undefined, loadSecretVersions: async () => versions };
  const deadline = new Deadline(clock, remainingMs);
  const context = { deps, versions, secretId: 'app', versionId: 'v2', deadline } as unknown as RotationContext;
  return { context, clock, put, deadline, asked: () => asked };
}

const away = (retryAfterSeconds?: number) =>
  new ConjurError('upstream_unavailable', 'It is away.', { retryAfterSeconds });

describe('the making of a key', () => {
  it('is tried again, after a moment, where no answer came', async () => {
    const { context, clock, put } = startWith([away(), away(), Secret.of('key-3')]);
    expect(await createSecret(context)).toBe('v2');
    expect(clock.sleeps).toEqual([1_000, 2_000]);
    expect(put).toEqual(['{"username":"host/app/one","api_key":"key-3"}']);
  });

  it('waits as long as Conjur asks for', async () => {
    const { context, clock } = startWith([away(7), Secret.of('key-2')]);
    await createSecret(context);
    expect(clock.sleeps).toEqual([7_000]);
  });

  it('is given up after three tries', async () => {
    const { context, asked } = startWith([away(), away(), away(), Secret.of('key-4')]);
    await expect(createSecret(context)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(asked()).toBe(3);
  });

  it.each([999, 1_000])(
    'is given up where the wait would take all the time that is left: %i ms',
    async (remainingMs) => {
      const { context, clock } = startWith([away(), Secret.of('key-2')], remainingMs);
      await expect(createSecret(context)).rejects.toMatchObject({ code: 'upstream_unavailable' });
      expect(clock.sleeps).toEqual([]);
    },
  );

  it('is not tried again where Conjur refuses it', async () => {
    const { context, asked, clock } = startWith([new ConjurError('forbidden', 'No.'), Secret.of('key-2')]);
    await expect(createSecret(context)).rejects.toMatchObject({ code: 'forbidden' });
    expect([asked(), clock.sleeps]).toEqual([1, []]);
  });
});

it('a secret without a value is not rotated, and the message says what to store', async () => {
  const { context, deadline } = startWith([], 60_000, '');
  const empty = { ...context.versions, read: async () => undefined };
  await expect(createSecret({ ...context, versions: empty })).rejects.toMatchObject({ code: 'config_invalid' });
  const unlabelled = {
    ...empty,
    describe: async () => ({ arn: 'app', name: 'app', rotationEnabled: true, stages: new Map() }),
  };
  const deps = { ...context.deps, loadSecretVersions: async () => unlabelled } as never;
  await expect(rotateCredential(deps, 'app', deadline, (_, work) => work())).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('has no value yet'),
  });
});
