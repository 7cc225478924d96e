import { beforeEach, describe, expect, it } from 'vitest';
import type { StagingLabel } from '../../../../lib/auth/secret-reader.ts';
import { createSecretsManagerCredential } from '../../../../lib/auth/secrets-manager-credential.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

let clock: FakeClock;
let deadline: Deadline;

beforeEach(() => {
  clock = new FakeClock();
  deadline = new Deadline(clock, 10_000);
});

function sourceOf(contents: Partial<Record<StagingLabel, string>>) {
  const reads: StagingLabel[] = [];
  const source = createSecretsManagerCredential({
    secretId: 'conjur/credential',
    option: 'CYBERARK_API_KEY_SECRET_ID',
    login: 'host/from/settings',
    clock,
    loadReader: async () => ({
      async read(_, stage) {
        reads.push(stage);
        const content = contents[stage];
        return content === undefined ? undefined : Secret.of(content);
      },
    }),
  });
  const get = async (refusals: number) => {
    const credential = await source.get(refusals, deadline);
    return credential && { login: credential.login, apiKey: credential.apiKey.expose() };
  };
  return { source, get, reads, contents };
}

describe('a credential in Secrets Manager', () => {
  it('is fetched once and held', async () => {
    const { get, reads } = sourceOf({ AWSCURRENT: 'key-1' });
    expect(await get(0)).toEqual({ login: 'host/from/settings', apiKey: 'key-1' });
    expect(await get(0)).toEqual({ login: 'host/from/settings', apiKey: 'key-1' });
    expect(reads).toEqual(['AWSCURRENT']);
  });

  it('may name its user', async () => {
    const { get } = sourceOf({ AWSCURRENT: '{"username":"host/blue","api_key":"key-1","note":1}' });
    expect(await get(0)).toEqual({ login: 'host/blue', apiKey: 'key-1' });
  });

  it('is fetched anew when it is refused, and then held', async () => {
    const { get, contents, reads } = sourceOf({ AWSCURRENT: 'key-1' });
    await get(0);
    contents.AWSCURRENT = 'key-2';
    expect((await get(1))?.apiKey).toBe('key-2');
    expect((await get(0))?.apiKey).toBe('key-2');
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT']);
  });

  it('is taken from AWSPENDING where AWSCURRENT is the refused key still', async () => {
    const { get, reads } = sourceOf({ AWSCURRENT: 'key-1', AWSPENDING: 'key-2' });
    await get(0);
    expect((await get(1))?.apiKey).toBe('key-2');
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPENDING']);
  });

  it('is looked for a while, since a rotation may have killed the one key and not staged the next yet', async () => {
    const { get, contents } = sourceOf({ AWSCURRENT: 'key-1' });
    await get(0);
    const staged = clock.sleep.bind(clock);
    clock.sleep = async (ms) => {
      contents.AWSPENDING = 'key-2';
      await staged(ms);
    };
    expect((await get(1))?.apiKey).toBe('key-2');
  });

  it('that is dead, with no other in its place, is not looked for again on every call', async () => {
    const { get, reads } = sourceOf({ AWSCURRENT: 'key-1' });
    await get(0);
    expect(await get(1)).toBeUndefined();
    const looked = reads.length;
    expect(await get(1)).toBeUndefined();
    clock.move(4_999);
    expect(await get(1)).toBeUndefined();
    expect(reads).toHaveLength(looked);
    clock.move(1);
    expect(await get(1)).toBeUndefined();
    expect(reads.length).toBeGreaterThan(looked);
  });

  it('is not looked for past the deadline', async () => {
    const { source } = sourceOf({ AWSCURRENT: 'key-1' });
    const short = new Deadline(clock, 350);
    await source.get(0, short);
    const sleeps = clock.sleeps.length;
    expect(await source.get(1, short)).toBeUndefined();
    expect(clock.sleeps.slice(sleeps)).toEqual([100]);
  });

  it('counts as another one where only the user differs', async () => {
    const { get, contents } = sourceOf({ AWSCURRENT: '{"username":"host/blue","api_key":"same"}' });
    await get(0);
    contents.AWSCURRENT = '{"username":"host/green","api_key":"same"}';
    expect((await get(1))?.login).toBe('host/green');
  });

  it.each([
    ['no version is pending', {}],
    ['the pending one is the same', { AWSPENDING: 'key-1' }],
  ])('gives up where %s', async (_, pending) => {
    const { get, reads } = sourceOf({ AWSCURRENT: 'key-1', ...pending });
    await get(0);
    expect(await get(1)).toBeUndefined();
    expect(clock.sleeps).toEqual([100, 300, 600]);
    expect(reads).toEqual(['AWSCURRENT', ...Array(4).fill(['AWSCURRENT', 'AWSPENDING']).flat()]);
  });

  it('that is staged in the last of the looks is found', async () => {
    const { get, contents } = sourceOf({ AWSCURRENT: 'key-1' });
    await get(0);
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms) => {
      await sleep(ms);
      if (ms === 600) contents.AWSPENDING = 'key-2';
    };
    expect((await get(1))?.apiKey).toBe('key-2');
    // A search that found one is no reason not to look again.
    contents.AWSCURRENT = 'key-3';
    expect((await get(1))?.apiKey).toBe('key-3');
  });

  it('is taken from AWSPENDING where the AWSCURRENT that was fetched anew is refused too, and then no more', async () => {
    const { get, contents } = sourceOf({ AWSCURRENT: 'key-1', AWSPENDING: 'key-3' });
    await get(0);
    contents.AWSCURRENT = 'key-2';
    expect((await get(1))?.apiKey).toBe('key-2');
    expect((await get(2))?.apiKey).toBe('key-3');
    expect(await get(3)).toBeUndefined();
  });

  it.each([
    ['empty', ' '],
    ['JSON without a key', '{"username":"host/blue"}'],
    ['JSON with an empty key', '{"api_key":" "}'],
    ['JSON with a number for a user', '{"api_key":"sesame","username":1}'],
    ['broken JSON', '{"api_key":"sesame"'],
    ['text of several words', 'sesame open'],
    ['a JSON list', '["sesame"]'],
  ])('is refused where its content is %s, and never quoted', async (_, content) => {
    const { get } = sourceOf({ AWSCURRENT: content });
    const error = await get(0).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(String((error as Error).message)).not.toContain('sesame');
  });
});

it('a search that found nothing is not repeated for a while, unless the wall clock went backwards', async () => {
  const { get, reads } = sourceOf({ AWSCURRENT: 'key-1' });
  await get(0);
  await get(1);
  const searched = reads.length;
  await get(1);
  expect(reads).toHaveLength(searched);
  clock.move(-1);
  await get(1);
  expect(reads.length).toBeGreaterThan(searched);
});

it('a key that the client itself has rotated takes the place of the one that is held', async () => {
  const { get, source, reads } = sourceOf({ AWSCURRENT: 'key-1' });
  await get(0);
  source.replace({ login: 'host/from/settings', apiKey: Secret.of('key-2') });
  expect((await get(0))?.apiKey).toBe('key-2');
  expect(reads).toEqual(['AWSCURRENT']);
});
