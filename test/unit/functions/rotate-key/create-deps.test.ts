import { describe, expect, it } from 'vitest';
import { createRotationDeps } from '../../../../functions/rotate-key/create-deps.ts';
import { createPublisher } from '../../../../functions/rotate-key/create-publisher.ts';
import type { Container } from '../../../../functions/runtime/container.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { Secret } from '../../../../lib/secret.ts';
import { settingsFor } from '../../../support/settings.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

const clock = new FakeClock();
const deadline = new Deadline(clock, 10_000);

function depsBy(environment: Record<string, string>) {
  const settings = settingsFor({ url: 'http://127.0.0.1:1', adminApiKey: 'key' }, environment);
  return createRotationDeps({ settings, clock, logger: silentLogger } as unknown as Container);
}

describe('what rotations work with', () => {
  it('has a publisher only where a bus is named', () => {
    expect(depsBy({}).publish).toBeUndefined();
    expect(depsBy({ ROTATION_EVENT_BUS_NAME: 'events' }).publish).toBeTypeOf('function');
  });

  it('has a LiteLLM only where one is named, with its key', async () => {
    const key = { LITELLM_MASTER_KEY: 'sk-master' };
    await expect(depsBy(key).loadLitellm(deadline)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('LITELLM_API_BASE is missing'),
    });
    const base = { LITELLM_API_BASE: 'http://127.0.0.1:1' };
    await expect(depsBy(base).loadLitellm(deadline)).rejects.toMatchObject({
      message: expect.stringContaining('LITELLM_MASTER_KEY is missing'),
    });
    expect(await depsBy({ ...base, ...key }).loadLitellm(deadline)).toHaveProperty('regenerate');
  });

  it('loads each of them once, and again where that has failed', async () => {
    const deps = depsBy({});
    expect(await deps.loadSecretVersions()).toBe(await deps.loadSecretVersions());
    const litellm = { ...deps.settings.litellm, baseUrl: undefined, masterKey: Secret.of('sk-master') };
    const settings = { ...deps.settings, litellm };
    const { loadLitellm } = createRotationDeps({ settings, clock, logger: silentLogger } as unknown as Container);
    await expect(loadLitellm(deadline)).rejects.toMatchObject({ code: 'config_invalid' });
    Object.assign(litellm, { baseUrl: new URL('http://127.0.0.1:1') });
    expect(await loadLitellm(deadline)).toHaveProperty('regenerate');
  });

  it('draws ids that are like no other', () => {
    const { randomUuid, randomInt } = depsBy({});
    expect(randomUuid()).not.toBe(randomUuid());
    expect(randomInt(1)).toBe(0);
  });
});

describe('an event', () => {
  it('names the bus, and what it is about', async () => {
    const sent: unknown[] = [];
    const send = async ({ input }: { input: unknown }) => {
      sent.push(input);
      return {};
    };
    await createPublisher('bus', { send } as never)(event, deadline);
    const entry = { EventBusName: 'bus', Source: 'conjur-functions', DetailType: 'SecretRotated' };
    expect(sent).toEqual([{ Entries: [{ ...entry, Detail: JSON.stringify(event) }] }]);
  });

  it('that AWS refuses is told in the words of this project', async () => {
    const refusal = Object.assign(new Error('sesame'), { name: 'AccessDeniedException', $fault: 'client' });
    const publisher = createPublisher('bus', { send: async () => Promise.reject(refusal) } as never);
    await expect(publisher(event, deadline)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('putting an event on the bus bus'),
    });
  });

  const event = { name: 'app/key', version: 2, strategy: 'random', rotated_at: '2026-03-01T12:00:00Z' };
  const publisherOf = (answer: object) => createPublisher('bus', { send: async () => answer } as never);

  it.each([{}, { FailedEntryCount: 0 }])('is published where none is counted as failed: %j', async (answer) => {
    await expect(publisherOf(answer)(event, deadline)).resolves.toBeUndefined();
  });

  it.each([
    [{ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }, 'ThrottlingException'],
    [{ FailedEntryCount: 1 }, 'no reason given'],
  ])('is not where one is: %j', async (answer, reason) => {
    await expect(publisherOf(answer)(event, deadline)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining(reason),
    });
  });
});
