import { describe, expect, it } from 'vitest';
import type { RotationContext } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/context.ts';
import { createSecret } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/create-secret.ts';
import { rotateCredential } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/rotate-credential.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';
import { BLUE, contentOf, FakeCredential, GREEN, ONLY } from './fake-credential.ts';

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

/** A pair, beside whose version in use others may stand. */
function startPair(versions: ConstructorParameters<typeof FakeCredential>[0] = {}): FakeCredential {
  const v1 = { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'], createdAtMs: 2 } as const;
  return new FakeCredential({ v1, ...versions }, { [BLUE]: 'blue', [GREEN]: 'green' });
}

function startSingle(): FakeCredential {
  const v1 = { content: contentOf(ONLY, 'own', {}), labels: ['AWSCURRENT'] } as const;
  return new FakeCredential({ v1 }, { [ONLY]: 'own' });
}

const create = (credential: FakeCredential) => createSecret(credential.contextFor('v2'));
const rotations = ({ calls }: FakeCredential) => calls.filter((call) => call.startsWith('rotate'));

describe('a pair', () => {
  it('has the host in use rotate the other, whose key is staged', async () => {
    const credential = startPair({ v2: { content: undefined, labels: ['AWSPENDING'] } });
    expect(await create(credential)).toBe('v2');
    expect(rotations(credential)).toEqual([`rotate ${GREEN} as ${BLUE}`]);
    expect(credential.versions.get('v2')).toEqual({ content: contentOf(GREEN, 'made-1'), labels: ['AWSPENDING'] });
    expect(credential.ages).toHaveLength(1);
  });

  it('is left alone where a live key is staged already', async () => {
    const credential = startPair({
      v2: { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs: 3 },
    });
    expect(await create(credential)).toBe('v2');
    expect([rotations(credential), credential.ages]).toEqual([[], []]);
  });

  it.each([
    ['dead', contentOf(GREEN, 'dead'), 3],
    ['older than the version in use', contentOf(GREEN, 'green'), 1],
    ['made of other fields', contentOf(GREEN, 'green', { hosts: [BLUE, GREEN], note: 'old' }), 3],
  ])('gets another version where the staged key is %s', async (_, content, createdAtMs) => {
    const credential = startPair({ v2: { content, labels: ['AWSPENDING'], createdAtMs } });
    expect(await create(credential)).toBe('drawn');
    expect(credential.versions.get('drawn')).toMatchObject({ content: contentOf(GREEN, 'made-1') });
    expect(credential.holderOf('AWSPENDING')).toBe('drawn');
  });

  it.each([
    ['previous', { content: contentOf(GREEN, 'green'), labels: ['AWSPREVIOUS'] }],
    ['pending', { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs: 1 }],
  ] as const)('whose key in use is dead is healed by the %s one', async (_, other) => {
    const credential = startPair({ v0: other });
    credential.keys.set(BLUE, 'another');
    expect(await create(credential)).toBe('v2');
    expect(rotations(credential)).toEqual([`rotate ${BLUE} as ${GREEN}`]);
    expect(credential.versions.get('v2')?.content).toEqual(contentOf(BLUE, 'made-1'));
    expect(credential.warnings).toMatchObject([{ secretId: 'app/credential', stage: other.labels[0] }]);
  });

  it('is not healed by a host that is none of it', async () => {
    const hosts = ['host/other/x', GREEN];
    const credential = startPair({
      v0: { content: contentOf('host/other/x', 'x', { hosts }), labels: ['AWSPREVIOUS'] },
    });
    credential.keys.set(BLUE, 'another');
    credential.keys.set('host/other/x', 'x');
    await expect(create(credential)).rejects.toMatchObject({
      code: 'authentication_failed',
      message: expect.stringContaining('by hand'),
    });
    expect(rotations(credential)).toEqual([]);
  });

  it('of which no key is alive says what to do', async () => {
    const credential = startPair({ v0: { content: contentOf(GREEN, 'dead'), labels: ['AWSPREVIOUS'] } });
    credential.keys.set(BLUE, 'another');
    await expect(create(credential)).rejects.toMatchObject({ code: 'authentication_failed' });
  });
});

describe('a key is not made', () => {
  it('where another version has come into use meanwhile', async () => {
    const credential = startPair({ v3: { content: contentOf(GREEN, 'green'), labels: [] } });
    credential.before = (call) => {
      if (call === 'describe') credential.label('AWSCURRENT', 'v3');
    };
    await expect(create(credential)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('has finished'),
    });
    expect(rotations(credential)).toEqual([]);
  });

  it.each(['v2', 'theirs'])('where another run has staged one meanwhile, as version %s', async (version) => {
    const credential = startPair({ v2: { content: undefined, labels: ['AWSPENDING'] } });
    credential.before = (call) => {
      if (call !== 'describe') return;
      credential.versions.set(version, { content: contentOf(GREEN, 'green'), labels: [], createdAtMs: 3 });
      credential.label('AWSPENDING', version);
    };
    await expect(create(credential)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining(`has staged version ${version}`),
    });
    expect(rotations(credential)).toEqual([]);
  });

  it('for a host by itself, since a lost answer would lose the key', async () => {
    const credential = startSingle();
    const context = credential.contextFor('v2');
    const conjur = { ...context.deps.conjur, whoami: async () => ({ login: ONLY }) };
    await expect(createSecret({ ...context, deps: { ...context.deps, conjur } as never })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('another identity'),
    });
    expect(rotations(credential)).toEqual([]);
  });
});

it('a version that was staged before the one in use holds nobody up', async () => {
  const credential = startPair({
    theirs: { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs: 1 },
  });
  expect(await create(credential)).toBe('v2');
});

it('a single host is rotated by the identity of the function', async () => {
  const credential = startSingle();
  await create(credential);
  expect(rotations(credential)).toEqual([`rotate ${ONLY} as admin`]);
  expect(credential.versions.get('v2')?.content).toEqual(contentOf(ONLY, 'made-1', {}));
});

describe('where another run writes the same version first', () => {
  /** Its key: alive, or not. */
  function startRace(apiKey: string, fields: object = { hosts: [BLUE, GREEN] }): FakeCredential {
    const credential = startPair({ v2: { content: undefined, labels: ['AWSPENDING'] } });
    credential.before = (call) => {
      if (call !== 'put v2') return;
      credential.keys.set(GREEN, 'theirs');
      credential.versions.set('v2', { content: contentOf(GREEN, apiKey, fields), labels: ['AWSPENDING'] });
    };
    return credential;
  }

  it('its key is the one, if that is alive', async () => {
    const credential = startRace('theirs');
    expect(await create(credential)).toBe('v2');
    expect(credential.versions.has('drawn')).toBe(false);
  });

  it.each([
    ['its key is dead', 'dead', undefined],
    ['it was made of other fields', 'theirs', { hosts: [BLUE, GREEN], note: 'theirs' }],
  ])('this key becomes another version where %s', async (_, apiKey, fields) => {
    const credential = startRace(apiKey, fields);
    expect(await create(credential)).toBe('drawn');
    expect(credential.versions.get('drawn')?.content).toEqual(contentOf(GREEN, 'made-1'));
  });

  it('and takes it away again, this key becomes another version, too', async () => {
    const credential = startRace('theirs');
    const spoil = credential.before;
    credential.before = (call) => {
      spoil(call);
      if (call === 'read version v2' && credential.calls.includes('put v2')) credential.versions.delete('v2');
    };
    expect(await create(credential)).toBe('drawn');
  });
});
