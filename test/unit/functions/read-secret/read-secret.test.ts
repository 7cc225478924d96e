import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../../functions/contract/read-secret.ts';
import { parseDirect, toBody, toReply } from '../../../../functions/read-secret/api.ts';
import { read } from '../../../../functions/read-secret/read.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { mockConjur } from '../../lib/mock-conjur.ts';

/** A read-secret whose Conjur answers with a value that counts the requests. */
function setUp(environment: Record<string, string> = {}) {
  let served = 0;
  const { conjur, clock, seen } = mockConjur(({ path }) => {
    served += 1;
    const values = { 'default:variable:a': 'QQ==', 'default:variable:b': 'Qg==' };
    return { status: 200, body: path.startsWith('/secrets?') ? JSON.stringify(values) : `value ${served}` };
  }, environment);
  const { settings } = parseFunctionSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' });
  const call = async (payload: unknown) =>
    read({ settings, conjur }, await parseDirect(payload), new Deadline(clock, 10_000));
  return { call, seen };
}

describe('a read where the value cache is on', () => {
  const CACHED = { CYBERARK_SECRET_CACHE_TTL: '60' };

  it('asks Conjur once, and again only where the call wants it fresh', async () => {
    const { call, seen } = setUp(CACHED);
    const body = async (payload: unknown) => toBody(await call(payload));
    expect(await body({ name: 'a' })).toMatchObject({ value: 'value 1' });
    expect(await body({ name: 'a' })).toMatchObject({ value: 'value 1' });
    expect(await body({ name: 'a', fresh: true })).toMatchObject({ value: 'value 2' });
    expect(await body({ name: 'a' })).toMatchObject({ value: 'value 2' });
    expect(seen).toHaveLength(2);
  });

  it('goes past the cache for many too', async () => {
    const { call, seen } = setUp(CACHED);
    for (const payload of [{ names: ['a', 'b'] }, { names: ['a', 'b'] }]) await call(payload);
    expect(seen).toHaveLength(1);
    await call({ names: ['a', 'b'], fresh: true });
    expect(seen).toHaveLength(2);
  });
});

describe('a read where not every name is hosted', () => {
  const HOSTED = { CYBERARK_HOSTED_KEYS: 'a,b' };

  it('refuses the name, and asks Conjur nothing', async () => {
    const { call, seen } = setUp(HOSTED);
    await expect(call({ name: 'c' })).rejects.toMatchObject({ code: 'not_hosted' });
    expect(seen).toEqual([]);
  });

  it('gives those of many that are, and each other its error', async () => {
    const { call, seen } = setUp(HOSTED);
    expect(toBody(await call({ names: ['c', 'a', 'b', 'c'] }))).toMatchObject({
      secrets: [{ name: 'a' }, { name: 'b' }],
      errors: [{ name: 'c', code: 'not_hosted' }],
    });
    expect(seen.map(({ path }) => path)).toEqual(['/secrets?variable_ids=default:variable:a,default:variable:b']);
  });

  it('asks Conjur nothing where none of many is', async () => {
    const { call, seen } = setUp(HOSTED);
    expect(toBody(await call({ names: ['c', 'd'] }))).toMatchObject({ secrets: [], errors: [{}, {}] });
    expect(seen).toEqual([]);
  });
});

it('reads nothing where only writing is allowed', async () => {
  const { call, seen } = setUp({ CYBERARK_ACCESS_MODE: 'write_only' });
  for (const payload of [{ name: 'a' }, { names: ['a'] }, { list: {} }])
    await expect(call(payload)).rejects.toMatchObject({ code: 'access_mode_denied' });
  expect(seen).toEqual([]);
});

it('answers with the bytes as they are where those are asked for', async () => {
  const { call } = setUp();
  const request = { ...(await parseDirect({ name: 'a' })), raw: true } as ReadRequest;
  const reply = toReply(request, await call({ name: 'a' }));
  expect(reply).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  expect(reply.headers).toEqual({ 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
  expect(Buffer.from(reply.body, 'base64').toString()).toBe('value 1');
});
