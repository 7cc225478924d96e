import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Call, MASTER_KEY, startLitellm } from './start-litellm.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const HOUR_MS = 3_600_000;

async function startWithKey(options: Parameters<typeof startLitellm>[0] = {}) {
  const started = await startLitellm(options);
  await started.call('POST', '/key/generate', {
    key: 'sk-old',
    key_alias: 'team-a',
    models: ['m'],
    metadata: { a: 1 },
  });
  return started;
}

/** The status of asking about oneself: 200 for a key that works. */
async function tryKey(call: Call, key: string): Promise<number> {
  return (await call('GET', '/key/info', undefined, key)).status;
}

describe('regenerating a key at the local LiteLLM', () => {
  it('changes the row in place: a new key and token id, the alias and settings as they were', async () => {
    const { call } = await startWithKey();
    const { status, body } = await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-new-1234' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      key: 'sk-new-1234',
      key_name: 'sk-...1234',
      token_id: hash('sk-new-1234'),
      key_alias: 'team-a',
      expires: null,
      models: ['m'],
      metadata: { a: 1 },
    });
    const info = await call('GET', '/key/info', undefined, 'sk-new-1234');
    expect(info.body).toMatchObject({ key: hash('sk-new-1234'), info: { key_alias: 'team-a' } });
    expect((await call('GET', '/key/list')).body).toMatchObject({ keys: [hash('sk-new-1234')], total_count: 1 });
  });

  it('revokes the old key at once without a grace period', async () => {
    const { call } = await startWithKey();
    expect(await tryKey(call, 'sk-old')).toBe(200);
    await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-new' });
    expect(await tryKey(call, 'sk-old')).toBe(401);
    expect(await tryKey(call, 'sk-new')).toBe(200);
  });

  it.each([
    ['24h', 24 * HOUR_MS],
    ['30m', HOUR_MS / 2],
    ['10s', 10_000],
    ['7d', 7 * 24 * HOUR_MS],
    ['2w', 14 * 24 * HOUR_MS],
    ['30mins', HOUR_MS / 2],
  ])('keeps the old key alive for a grace period of %s, and not longer', async (grace_period, ms) => {
    const clock = { ms: Date.parse('2026-03-01T00:00:00Z') };
    const { call } = await startWithKey({ now: () => clock.ms });
    await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-new', grace_period });
    clock.ms += ms - 1;
    expect(await tryKey(call, 'sk-old')).toBe(200);
    clock.ms += 1;
    expect(await tryKey(call, 'sk-old')).toBe(401);
    expect(await tryKey(call, 'sk-new')).toBe(200);
  });

  it('counts a month of grace by the calendar', async () => {
    const clock = { ms: Date.parse('2026-02-01T00:00:00Z') };
    const { call } = await startWithKey({ now: () => clock.ms });
    await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-new', grace_period: '1mo' });
    clock.ms = Date.parse('2026-02-28T23:59:59Z');
    expect(await tryKey(call, 'sk-old')).toBe(200);
    clock.ms = Date.parse('2026-03-01T00:00:00Z');
    expect(await tryKey(call, 'sk-old')).toBe(401);
  });

  it.each(['', 'soon', '24', 'h24', '0s', '-5m', ' 24h'])(
    'silently revokes at once for the grace period "%s"',
    async (grace_period) => {
      const { call } = await startWithKey();
      const answer = await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-new', grace_period });
      expect(answer.status).toBe(200);
      expect(await tryKey(call, 'sk-old')).toBe(401);
    },
  );

  it('takes the key raw or by token id, in the body or in the path, the body first', async () => {
    const { call } = await startWithKey();
    const regenerate = async (path: string, body: object) => (await call('POST', path, body)).status;
    expect(await regenerate('/key/regenerate', { key: hash('sk-old'), new_key: 'sk-2' })).toBe(200);
    expect(await regenerate('/key/sk-2/regenerate', { new_key: 'sk-3' })).toBe(200);
    expect(await regenerate(`/key/${hash('sk-3')}/regenerate`, { new_key: 'sk-4' })).toBe(200);
    expect(await regenerate('/key/sk-unknown/regenerate', { key: 'sk-4', new_key: 'sk-5' })).toBe(200);
    expect(await tryKey(call, 'sk-5')).toBe(200);
  });

  it('does not know the old key or token id any more, in the grace period neither, and says so with the key in the message', async () => {
    const { call } = await startWithKey();
    const body = { key: 'sk-old', new_key: 'sk-new', grace_period: '24h' };
    expect((await call('POST', '/key/regenerate', body)).status).toBe(200);
    const again = await call('POST', '/key/regenerate', body);
    expect(again.status).toBe(404);
    expect(again.body).toMatchObject({ error: { code: '404', message: "{'error': 'Key sk-old not found.'}" } });
    expect((await call('POST', '/key/regenerate', { ...body, key: hash('sk-old') })).status).toBe(404);
    expect((await call('GET', '/key/info?key=sk-old')).status).toBe(404);
    expect(await tryKey(call, 'sk-old')).toBe(200);
  });

  it('ends the grace of the key before when it regenerates again', async () => {
    const { call } = await startWithKey();
    await call('POST', '/key/regenerate', { key: 'sk-old', new_key: 'sk-2', grace_period: '24h' });
    await call('POST', '/key/regenerate', { key: 'sk-2', new_key: 'sk-3', grace_period: '24h' });
    expect([await tryKey(call, 'sk-old'), await tryKey(call, 'sk-2'), await tryKey(call, 'sk-3')]).toEqual([
      401, 200, 200,
    ]);
  });

  it('makes a key itself when none is given, and sets fields on the way', async () => {
    const clock = { ms: Date.parse('2026-03-01T00:00:00Z') };
    const { call } = await startWithKey({ now: () => clock.ms });
    const { body } = await call('POST', '/key/regenerate', { key: 'sk-old', duration: '30d', metadata: { b: 2 } });
    expect(body).toMatchObject({
      key: expect.stringMatching(/^sk-[\w-]{22}$/),
      expires: '2026-03-31T00:00:00.000Z',
      metadata: { b: 2 },
    });
  });

  it.each([
    ['no key', {}, 400],
    ['a new key without sk-', { key: 'sk-old', new_key: 'pk-new' }, 400],
    ['the master key', { key: MASTER_KEY, new_key: 'sk-new' }, 400],
    ['an unknown key', { key: 'sk-nobody', new_key: 'sk-new' }, 404],
    ['a new key that another row has', { key: 'sk-old', new_key: 'sk-other' }, 500],
    ['a new key that is no text', { key: 'sk-old', new_key: 5 }, 422],
  ])('refuses %s and changes nothing', async (_what, body, status) => {
    const { call } = await startWithKey();
    await call('POST', '/key/generate', { key: 'sk-other' });
    expect((await call('POST', '/key/regenerate', body)).status).toBe(status);
    expect([await tryKey(call, 'sk-old'), await tryKey(call, 'sk-other')]).toEqual([200, 200]);
  });

  it.each([
    [false, 500],
    [500, 500],
    [403, 403],
  ] as const)('without a licence (%s) answers %i before it looks at anything else', async (licensed, status) => {
    const { call } = await startWithKey({ licensed });
    const answer = await call('POST', '/key/regenerate', { key: 'sk-nobody' });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain('Regenerating Virtual Keys is an Enterprise feature');
    expect(await tryKey(call, 'sk-old')).toBe(200);
  });

  it('refuses keys that the caller chose where custom keys are disabled, and makes its own', async () => {
    const { call } = await startLitellm({ customKeys: false });
    const made = await call('POST', '/key/generate', {});
    const { key } = made.body as { key: string };
    for (const [path, body] of [
      ['/key/generate', { key: 'sk-chosen' }],
      ['/key/regenerate', { key, new_key: 'sk-chosen' }],
    ] as const) {
      const answer = await call('POST', path, body);
      expect(answer).toMatchObject({
        status: 403,
        body: {
          error: {
            message:
              "{'error': 'Custom API key values are disabled by your administrator. Keys must be auto-generated.'}",
            code: '403',
          },
        },
      });
    }
    expect(await tryKey(call, key)).toBe(200);
    const { status, body } = await call('POST', '/key/regenerate', { key });
    expect([status, await tryKey(call, key), await tryKey(call, (body as { key: string }).key)]).toEqual([
      200, 401, 200,
    ]);
  });

  it('lets a virtual key regenerate itself and no other', async () => {
    const { call } = await startWithKey();
    await call('POST', '/key/generate', { key: 'sk-other' });
    const regenerate = async (key: string, bearer: string) =>
      (await call('POST', '/key/regenerate', { key, new_key: 'sk-new' }, bearer)).status;
    expect(await regenerate('sk-other', 'sk-old')).toBe(403);
    expect(await regenerate('sk-old', 'sk-old')).toBe(200);
  });
});
