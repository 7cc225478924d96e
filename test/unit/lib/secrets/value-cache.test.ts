import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../lib/secret.ts';
import { ValueCache } from '../../../../lib/secrets/value-cache.ts';
import { accessTokenText } from '../access-token-text.ts';
import { FakeClock } from '../fake-clock.ts';
import { type Answer, mockConjur, type SeenRequest } from '../mock-conjur.ts';

const CACHED = { CYBERARK_SECRET_CACHE_TTL: '60' };
const STALE = { ...CACHED, CYBERARK_SECRET_STALE_IF_ERROR: '600', CYBERARK_MAX_ATTEMPTS: '1' };

/** A Conjur whose values count up with each read; `answer` takes the place of a read's answer while it is set. */
function counting(environment: Record<string, string>) {
  const state: { reads: number; answer: Answer | undefined } = { reads: 0, answer: undefined };
  const reply = ({ method, path }: SeenRequest): Answer => {
    if (path.startsWith('/resources/')) return { status: 404 };
    if (path.startsWith('/policies/')) return { status: 201, body: '{"created_roles":{},"version":1}' };
    if (method === 'POST') return { status: 201 };
    state.reads += 1;
    if (state.answer !== undefined) return state.answer;
    if (!path.startsWith('/secrets?')) return { status: 200, body: `value ${state.reads}` };
    const ids = path.slice('/secrets?variable_ids='.length).split(',');
    const value = Buffer.from(`value ${state.reads}`).toString('base64');
    const body = JSON.stringify(Object.fromEntries(ids.map((id) => [id, value])));
    return { status: 200, body, headers: { 'content-encoding': 'base64' } };
  };
  const mock = mockConjur(reply, environment);
  const read = async (name = 'a', options = {}) => (await mock.conjur.readSecret(name, options)).value.expose();
  return { ...mock, state, read };
}

describe('the value cache', () => {
  it('is off by default', async () => {
    const { read } = counting({});
    expect([await read(), await read()]).toEqual(['value 1', 'value 2']);
  });

  it('gives a value out until its time is over, by the wall clock', async () => {
    const { clock, read } = counting(CACHED);
    await read();
    clock.move(59_999);
    expect(await read()).toBe('value 1');
    clock.move(1);
    expect(await read()).toBe('value 2');
  });

  it('takes a wall clock that went backwards for the end of its time', async () => {
    const { clock, read } = counting(CACHED);
    await read();
    clock.move(-1);
    expect(await read()).toBe('value 2');
  });

  it('keeps versions apart from each other and from the latest', async () => {
    const { read } = counting(CACHED);
    expect([await read(), await read('a', { version: 1 }), await read('a', { version: 2 })]).toEqual([
      'value 1',
      'value 2',
      'value 3',
    ]);
    expect([await read(), await read('a', { version: 1 })]).toEqual(['value 1', 'value 2']);
  });

  it.each([{ fresh: true }, { fromLeader: true }])('is passed by with %j, and takes in what comes', async (options) => {
    const { read } = counting(CACHED);
    await read();
    expect(await read('a', options)).toBe('value 2');
    expect(await read()).toBe('value 2');
  });

  it('forgets what is written', async () => {
    const { conjur, read } = counting(CACHED);
    await read();
    await conjur.writeSecret('a', 'new');
    expect(await read()).toBe('value 2');
    await conjur.writeSecrets([]);
    expect(await read()).toBe('value 2');
  });

  it('forgets nothing else', async () => {
    const { conjur, read } = counting(CACHED);
    await read('a');
    await read('b');
    await conjur.writeSecret('a', 'new');
    expect([await read('b'), await read('a')]).toEqual(['value 2', 'value 3']);
  });

  it('forgets what is written even where the write seems to fail', async () => {
    const { conjur, read } = counting(CACHED);
    await read();
    await expect(conjur.writeSecret('a', '')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await read()).toBe('value 2');
  });

  it('does not keep what is read while a write is under way', async () => {
    let stored = 'old';
    let during: Promise<unknown> | undefined;
    const { conjur } = mockConjur(({ method, path }) => {
      if (path.startsWith('/resources/')) return { status: 404 };
      if (method === 'GET') return { status: 200, body: stored };
      during = conjur.readSecret('a');
      return { status: 201 };
    }, CACHED);
    await conjur.writeSecret('a', 'new');
    await during;
    stored = 'new';
    expect((await conjur.readSecret('a')).value.expose()).toBe('new');
  });

  it.each([
    ['a write', (cache: ValueCache) => cache.drop('a')],
    ['a policy update', (cache: ValueCache) => cache.clear()],
  ])('takes in nothing from a reading that %s overtook, but from others', async (_, overtake) => {
    const [ttlMs, staleIfErrorMs, maxEntries, maxBytes] = [1_000, 0, 10, 1_000];
    const clock = new FakeClock();
    const cache = new ValueCache({ ttlMs, staleIfErrorMs, maxEntries, maxBytes, clock, login: () => 'me' });
    const value = (text: string) =>
      ({ name: 'a', value: Secret.of(text), contentType: undefined, version: undefined, stale: false }) as const;
    let answer: (text: string) => void = () => undefined;
    const reading = cache.fill(async (store) => {
      store(value(await new Promise<string>((resolve) => (answer = resolve))));
    });
    overtake(cache);
    answer('old');
    await reading;
    expect(cache.get('a', undefined)).toBeUndefined();
    await cache.fill(async (store) => store(value('new')));
    expect(cache.get('a', undefined)?.value.expose()).toBe('new');
  });

  it('forgets everything after a policy update, and nothing after an addition or a dry run', async () => {
    const { conjur, read } = counting(CACHED);
    await read();
    await conjur.loadPolicy('root', '- !variable b');
    await conjur.loadPolicy('root', '- !variable b', { mode: 'replace', dryRun: true });
    expect(await read()).toBe('value 1');
    await conjur.loadPolicy('root', '- !variable b', { mode: 'update' });
    expect(await read()).toBe('value 2');
  });

  it.each([
    ['no longer than its ttl', '{"data":{"access_key_id":"AKIA"},"ttl":2}', 2_000],
    ['for the second that is its ttl', '{"ttl":1}', 1_000],
    ['not at all where it does not say how long it lives', '{"data":{}}', 0],
    ['not at all where it is no JSON', 'value', 0],
    ['no longer than the cache keeps others', '{"ttl":3600}', 60_000],
  ])('keeps a dynamic secret %s', async (_, body, keptMs) => {
    const { conjur, clock, seen } = mockConjur(() => ({ status: 200, body }), { CYBERARK_SECRET_CACHE_TTL: '60' });
    const read = () => conjur.readSecret('data/dynamic/aws');
    await read();
    if (keptMs > 0) {
      clock.move(keptMs - 1);
      await read();
      expect(seen.length).toBe(1);
      clock.move(1);
    }
    await read();
    expect(seen.length).toBe(2);
  });

  it('gives up no other value for one that it may not keep', async () => {
    const { conjur, seen } = mockConjur(
      ({ path }) => ({ status: 200, body: path.endsWith('aws') ? '{"ttl":0}' : 'value' }),
      {
        ...{ ...CACHED, CYBERARK_SECRET_CACHE_MAX_ENTRIES: '1' },
      },
    );
    for (const name of ['a', 'data/dynamic/aws', 'a']) await conjur.readSecret(name);
    expect(seen).toHaveLength(2);
  });

  it('serves a batch, and is filled by one', async () => {
    const { conjur, read, state } = counting(CACHED);
    await read('a');
    const { items: secrets } = await conjur.readSecrets(['a', 'b', 'c']);
    expect(secrets.map(({ name, value }) => `${name} ${value.expose()}`)).toEqual([
      'a value 1',
      'b value 2',
      'c value 2',
    ]);
    expect(await read('b')).toBe('value 2');
    await conjur.readSecrets(['c', 'a']);
    expect(state.reads).toBe(2);
    await conjur.readSecrets(['c', 'a'], { fresh: true });
    expect(state.reads).toBe(3);
  });

  it('holds no more values than it may, and forgets the one that was unused for longest', async () => {
    const { read, state } = counting({ ...CACHED, CYBERARK_SECRET_CACHE_MAX_ENTRIES: '2' });
    await read('a');
    await read('b');
    await read('a');
    await read('c');
    expect(state.reads).toBe(3);
    await read('a');
    expect(state.reads).toBe(3);
    await read('b');
    expect(state.reads).toBe(4);
  });

  it('holds no more bytes than it may', async () => {
    const { read, state } = counting({ ...CACHED, CYBERARK_SECRET_CACHE_MAX_BYTES: '1024' });
    state.answer = { status: 200, body: 'x'.repeat(600) };
    await read('a');
    await read('b');
    await read('b');
    expect(state.reads).toBe(2);
    await read('a');
    expect(state.reads).toBe(3);
    state.answer = { status: 200, body: 'x'.repeat(2_000) };
    await read('large');
    await read('large');
    expect(state.reads).toBe(5);
  });

  it('knows whose eyes a value was read with', async () => {
    let login = 'host/blue';
    const { conjur, clock, seen } = mockConjur(
      () => ({ status: 200, body: `seen by ${login}` }),
      CACHED,
      {},
      () => ({ status: 200, body: accessTokenText(20, 1_770_000_000, login) }),
    );
    const read = async () => (await conjur.readSecret('a')).value.expose();
    expect(await read()).toBe('seen by host/blue');
    login = 'host/green';
    clock.move(20_000);
    await conjur.whoami().catch(() => undefined);
    expect(await read()).toBe('seen by host/green');
    expect(seen.filter(({ path }) => path.startsWith('/secrets/'))).toHaveLength(2);
  });
});

describe('a stale value', () => {
  it.each([503, 500])('is given out where Conjur answers %i, marked, and for a bounded time', async (status) => {
    const { clock, conjur, state } = counting(STALE);
    await conjur.readSecret('a');
    state.answer = { status };
    clock.move(60_000);
    expect(await conjur.readSecret('a')).toMatchObject({ name: 'a', stale: true });
    clock.move(599_999);
    expect((await conjur.readSecret('a')).value.expose()).toBe('value 1');
    clock.move(1);
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ status: status === 503 ? 503 : 502 });
  });

  it.each([
    [404, 'secret_not_found'],
    [403, 'forbidden'],
  ])('is not given out where Conjur answers %i, and never again after that', async (status, code) => {
    const { clock, conjur, state } = counting(STALE);
    await conjur.readSecret('a');
    clock.move(60_000);
    state.answer = { status };
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code });
    state.answer = { status: 503 };
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('is not given out to who asks for a fresh one', async () => {
    const { conjur, state } = counting(STALE);
    await conjur.readSecret('a');
    state.answer = { status: 503 };
    await expect(conjur.readSecret('a', { fresh: true })).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('stands in for each name of a batch that has one; the others fail by name', async () => {
    const { clock, conjur, state } = counting(STALE);
    await conjur.readSecrets(['a', 'b']);
    state.answer = { status: 503 };
    clock.move(60_000);
    const { items: secrets, errors } = await conjur.readSecrets(['a', 'ghost', 'b']);
    expect(secrets.map(({ name, stale }) => [name, stale])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual([['ghost', 'upstream_unavailable']]);
  });
});
