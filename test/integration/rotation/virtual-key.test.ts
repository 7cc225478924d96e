import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Exchange, exchangeBy, type HttpAnswer } from './support/exchange.ts';
import { startProcess } from './support/process.ts';
import { read } from './support/variable-scenarios.ts';
import { createVirtualKeys, isCurrent, toFirstKey, works } from './support/virtual-key-scenarios.ts';
import { startWorld, type World, type WorldOptions } from './support/world.ts';

const CALL = { name: 'keys/team', strategy: 'litellm-virtual-key' };

async function startWithKey(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({}, options);
  onTestFinished(() => world.close());
  await createVirtualKeys(world, ['team']);
  return world;
}

it('lets the old key work for the grace period, and gives the new one only to who asks for it', async () => {
  const world = await startWithKey();
  const answer = await startProcess(world).invoke({ ...CALL, return_value: true });
  const key = await read(world, 'keys/team');
  expect(answer).toMatchObject({ name: 'keys/team', strategy: 'litellm-virtual-key', version: 2 });
  expect(answer.kind === 'rotation' && answer.value?.expose()).toBe(key);
  expect(key).toMatch(/^sk-\w{32}$/);
  expect(await read(world, 'keys/team.pending')).toBe(key);
  expect([await works(world, key), await works(world, toFirstKey('team'))]).toEqual([true, true]);
});

it('revokes the old key at once where the grace period is no time', async () => {
  const world = await startWithKey();
  await startProcess(world).invoke({ ...CALL, grace_period: '0s' });
  expect([await works(world, await read(world, 'keys/team')), await works(world, toFirstKey('team'))]).toEqual([
    true,
    false,
  ]);
});

it.each([403, 500] as const)(
  'says plainly that LiteLLM has no licence (%i), and touches nothing in use',
  async (licensed) => {
    const world = await startWithKey({ licensed });
    await expect(startProcess(world).invoke(CALL)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('no Enterprise licence'),
    });
    expect(await read(world, 'keys/team')).toBe(toFirstKey('team'));
    expect(await isCurrent(world, toFirstKey('team'))).toBe(true);
  },
);

it('a regeneration that LiteLLM never saw, though something answers for it, is no rotation: the key stays', async () => {
  const world = await startWithKey();
  const send = exchangeBy(world.dispatcher);
  const litellm: Exchange = async (request) => {
    if (!request.path.endsWith('/key/regenerate')) return send(request);
    const { new_key: key } = JSON.parse(String(request.body)) as { new_key: string };
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ key })) };
  };
  await expect(startProcess(world, undefined, { litellm }).invoke(CALL)).rejects.toMatchObject({
    code: 'upstream_error',
    message: expect.stringContaining('LITELLM_API_BASE'),
  });
  expect(await read(world, 'keys/team')).toBe(toFirstKey('team'));
  expect(await works(world, toFirstKey('team'))).toBe(true);
});

it('keeps the key that a LiteLLM made which does not know new_key', async () => {
  const world = await startWithKey();
  const send = exchangeBy(world.dispatcher);
  const litellm: Exchange = async (request) => {
    if (!request.path.endsWith('/key/regenerate')) return send(request);
    const { new_key: _, ...body } = JSON.parse(String(request.body)) as Record<string, unknown>;
    return send({ ...request, body: JSON.stringify(body) });
  };
  await startProcess(world, undefined, { litellm }).invoke(CALL);
  const key = await read(world, 'keys/team');
  expect(key).toMatch(/^sk-/);
  expect(await isCurrent(world, key)).toBe(true);
  expect(await read(world, 'keys/team.pending')).toBe(key);
});

describe('where LiteLLM lets nobody choose a key', () => {
  async function startWithItsOwnKey(): Promise<{ world: World; first: string }> {
    const world = await startWorld({}, { customKeys: false });
    onTestFinished(() => world.close());
    const { body } = await world.litellm('POST', '/key/generate', { key_alias: 'team' });
    const first = String(body.key);
    await world.admin.writeSecret('keys/team', first);
    return { world, first };
  }

  /** LiteLLM, with what becomes of its answer to a regeneration that names no key. */
  function spoiling(world: World, spoil: (answer: HttpAnswer) => HttpAnswer): Exchange {
    const send = exchangeBy(world.dispatcher);
    return async (request) => {
      const answer = await send(request);
      const isItsOwn = request.path.endsWith('/key/regenerate') && !String(request.body).includes('new_key');
      return isItsOwn ? spoil(answer) : answer;
    };
  }

  it('stages and stores the key that LiteLLM made', async () => {
    const { world, first } = await startWithItsOwnKey();
    const answer = await startProcess(world).invoke(CALL);
    const key = await read(world, 'keys/team');
    expect(answer).toMatchObject({ name: 'keys/team', strategy: 'litellm-virtual-key', version: 2 });
    expect([await isCurrent(world, key), await works(world, key), await works(world, first)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await read(world, 'keys/team.pending')).toBe(key);
    expect(await startProcess(world).invoke(CALL)).toMatchObject({ version: 3 });
  });

  it('says that the only copy was lost where the answer was, and leaves the key that still works', async () => {
    const { world, first } = await startWithItsOwnKey();
    const litellm = spoiling(world, () => {
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    });
    await expect(startProcess(world, undefined, { litellm }).invoke(CALL)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('only copy'),
    });
    expect(await read(world, 'keys/team')).toBe(first);
    expect([await isCurrent(world, first), await works(world, first)]).toEqual([false, true]);
    await expect(startProcess(world).invoke(CALL)).rejects.toMatchObject({ code: 'unprocessable' });
    expect(await read(world, 'keys/team')).toBe(first);
  });

  it('believes no answer without a key', async () => {
    const { world, first } = await startWithItsOwnKey();
    const page = Buffer.from('<html>Signed in</html>');
    const litellm = spoiling(world, (answer) => ({ ...answer, headers: {}, body: page }));
    await expect(startProcess(world, undefined, { litellm }).invoke(CALL)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('LITELLM_API_BASE'),
    });
    expect(await read(world, 'keys/team')).toBe(first);
  });
});

it('says where a key is blocked, and has stored it all the same', async () => {
  const world = await startWithKey();
  await world.litellm('POST', '/key/update', { key: toFirstKey('team'), blocked: true });
  expect(await startProcess(world).invoke(CALL)).toMatchObject({ details: { accepted_by_litellm: false } });
  expect(await isCurrent(world, await read(world, 'keys/team'))).toBe(true);
});

it.each([
  ['does not answer', 503, ''],
  [
    'answers for another reason, as to a key whose budget is spent',
    400,
    '{"error":{"message":"ExceededBudget","code":"400"}}',
  ],
  ['is a page', 200, '<html>Signed in</html>'],
])(
  'is over where the look with the new key %s: its repetition would end the grace of the old one',
  async (_, status, body) => {
    const world = await startWithKey();
    const send = exchangeBy(world.dispatcher);
    const litellm: Exchange = async (request) =>
      request.path.endsWith('/key/info') ? { status, headers: {}, body: Buffer.from(body) } : send(request);
    // Lambda repeats a scheduled call that has failed.
    const call = () => startProcess(world, undefined, { litellm }).invoke(CALL);
    expect(await call().catch(call)).toMatchObject({ version: 2 });
    const key = await read(world, 'keys/team');
    expect([await works(world, key), await works(world, toFirstKey('team'))]).toEqual([true, true]);
  },
);

it('tells a key that LiteLLM does not know from one that is to be finished', async () => {
  const world = await startWithKey();
  await world.litellm('POST', '/key/delete', { keys: [toFirstKey('team')] });
  await expect(startProcess(world).invoke(CALL)).rejects.toMatchObject({ code: 'unprocessable' });
  expect(await read(world, 'keys/team')).toBe(toFirstKey('team'));
});

it('asks for the key to be stored first where the variable is not there', async () => {
  const world = await startWithKey();
  await expect(startProcess(world).invoke({ ...CALL, name: 'keys/nobody' })).rejects.toMatchObject({
    code: 'secret_not_found',
    message: expect.stringContaining('POST /virtual-keys'),
  });
});

it('of older versions that are no keys not even the hash goes to LiteLLM', async () => {
  const world = await startWithKey();
  for (const value of ['a database password', 'sk-a-key-that-was-deleted'])
    await world.admin.writeSecret('keys/team', value, { reportVersion: false });
  await world.litellm('POST', '/key/delete', { keys: [toFirstKey('team')] });
  const asked: string[] = [];
  const send = exchangeBy(world.dispatcher);
  const litellm: Exchange = (request) => {
    asked.push(request.path);
    return send(request);
  };
  await expect(startProcess(world, undefined, { litellm }).invoke(CALL)).rejects.toMatchObject({
    code: 'unprocessable',
  });
  const hashOf = (value: string) => createHash('sha256').update(value).digest('hex');
  expect(asked.join()).toContain(hashOf(toFirstKey('team')));
  expect(asked.join()).not.toContain(hashOf('a database password'));
});
