import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalLitellm } from '../../../../../../infra/local/stand-ins/litellm/create-local-litellm.ts';
import { startLitellm } from './start-litellm.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');

describe('keys of the local LiteLLM', () => {
  it('generates keys, its own or the caller’s, and shows the key this once', async () => {
    const { call } = await startLitellm();
    const made = await call('POST', '/key/generate', { key_alias: 'a', duration: '30m', max_budget: 5 });
    expect(made.body).toMatchObject({ key: expect.stringMatching(/^sk-/), key_alias: 'a', max_budget: 5 });
    const chosen = await call('POST', '/key/generate', { key: 'sk-mine', key_alias: 'b' });
    expect(chosen.body).toMatchObject({ key: 'sk-mine', token_id: hash('sk-mine'), key_name: 'sk-...mine' });
    const info = await call('GET', `/key/info?key=${hash('sk-mine')}`);
    expect(info.body).toMatchObject({ key: hash('sk-mine'), info: { key_alias: 'b', key_name: 'sk-...mine' } });
    expect(JSON.stringify(info.body)).not.toContain('sk-mine');
  });

  it('refuses an alias that is taken, a key without sk-, and a duration that it cannot read', async () => {
    const { call } = await startLitellm();
    await call('POST', '/key/generate', { key: 'sk-1', key_alias: 'a' });
    await call('POST', '/key/generate', { key: 'sk-2', key_alias: 'b' });
    const taken = await call('POST', '/key/generate', { key_alias: 'a' });
    expect(taken).toMatchObject({ status: 400, body: { error: { code: '400', param: 'key_alias' } } });
    expect((await call('POST', '/key/update', { key: 'sk-2', key_alias: 'a' })).status).toBe(400);
    expect((await call('POST', '/key/update', { key: 'sk-2', key_alias: 'b' })).status).toBe(200);
    expect((await call('POST', '/key/generate', { key: 'mine' })).status).toBe(400);
    expect((await call('POST', '/key/generate', { duration: 'soon' })).status).toBe(500);
    expect((await call('GET', '/key/list')).body.total_count).toBe(2);
  });

  it('replaces metadata whole when it updates, and leaves what is not named', async () => {
    const { call } = await startLitellm();
    await call('POST', '/key/generate', { key: 'sk-1', key_alias: 'a', models: ['m'], metadata: { a: 1 } });
    await call('POST', '/key/update', { key: 'sk-1', metadata: { b: 2 } });
    const { body } = await call('GET', '/key/info?key=sk-1');
    expect(body).toMatchObject({ key: 'sk-1', info: { key_alias: 'a', models: ['m'] } });
    expect((body.info as { metadata: unknown }).metadata).toEqual({ b: 2 });
    expect((await call('POST', '/key/update', { key_alias: 'a', max_budget: 3 })).status).toBe(200);
    expect((await call('POST', '/key/update', { key_alias: 'nobody' })).status).toBe(404);
  });

  it('deletes keys by key, token id or alias, all of them or none', async () => {
    const { call } = await startLitellm();
    for (const name of ['1', '2', '3']) await call('POST', '/key/generate', { key: `sk-${name}`, key_alias: name });
    const remove = (body: object) => call('POST', '/key/delete', body);
    expect((await remove({ keys: ['sk-1', 'sk-nobody'] })).status).toBe(404);
    expect(await remove({ keys: ['sk-1', hash('sk-2')] })).toEqual({
      status: 200,
      body: { deleted_keys: ['sk-1', hash('sk-2')] },
    });
    expect((await remove({ keys: ['sk-1'] })).status).toBe(404);
    expect((await remove({ key_aliases: ['3'] })).status).toBe(200);
    expect((await remove({})).status).toBe(400);
    expect((await call('GET', '/key/info', undefined, 'sk-1')).status).toBe(401);
  });

  it('lists token ids in pages, newest first, and filters', async () => {
    const { call } = await startLitellm();
    for (let n = 1; n <= 5; n++)
      await call('POST', '/key/generate', { key: `sk-${n}`, key_alias: `${n}`, team_id: 't' });
    const page = await call('GET', '/key/list?page=2&size=2');
    expect(page.body).toEqual({ keys: [hash('sk-3'), hash('sk-2')], total_count: 5, current_page: 2, total_pages: 3 });
    const one = await call('GET', '/key/list?key_alias=4&return_full_object=true');
    expect(one.body).toMatchObject({ keys: [{ token: hash('sk-4'), key_alias: '4', team_id: 't' }], total_count: 1 });
    expect((await call('GET', `/key/list?key_hash=${hash('sk-1')}`)).body.total_count).toBe(1);
    expect((await call('GET', '/key/list?size=101')).status).toBe(422);
    expect((await call('GET', '/key/list?page=0')).status).toBe(422);
  });

  it('lets in nobody without a key, and a virtual key only to what is its own', async () => {
    const { call, url } = await startLitellm();
    await call('POST', '/key/generate', { key: 'sk-1' });
    await call('POST', '/key/generate', { key: 'sk-2' });
    expect((await call('GET', '/key/list', undefined, null)).status).toBe(401);
    expect((await call('GET', '/key/list', undefined, 'sk-nobody')).status).toBe(401);
    expect((await call('GET', '/key/list', undefined, 'sk-1')).status).toBe(403);
    expect((await call('POST', '/key/generate', {}, 'sk-1')).status).toBe(403);
    expect((await call('GET', '/key/info?key=sk-1', undefined, 'sk-1')).status).toBe(200);
    expect((await call('GET', '/key/info?key=sk-2', undefined, 'sk-1')).status).toBe(403);
    expect((await call('GET', '/key/info')).status).toBe(404);
    const health = await request(`${url}/health/liveliness`);
    expect([health.statusCode, await health.body.json()]).toEqual([200, "I'm alive!"]);
    expect((await call('GET', '/nothing')).status).toBe(404);
    expect((await call('POST', '/key/update', [])).status).toBe(422);
  });

  it('does not let in a key that is expired or blocked', async () => {
    const clock = { ms: 0 };
    const { call } = await startLitellm({ now: () => clock.ms });
    await call('POST', '/key/generate', { key: 'sk-1', duration: '10s' });
    await call('POST', '/key/generate', { key: 'sk-2', blocked: true });
    const ask = async (key: string) => (await call('GET', '/key/info', undefined, key)).status;
    expect([await ask('sk-1'), await ask('sk-2')]).toEqual([200, 401]);
    clock.ms = 10_000;
    expect(await ask('sk-1')).toBe(401);
  });

  it('keeps keys by their hashes only in its file, across a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'litellm-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const data = join(folder, 'keys.json');
    const first = await startLitellm({ data });
    await first.call('POST', '/key/generate', { key: 'sk-kept', key_alias: 'a' });
    await first.call('POST', '/key/regenerate', { key: 'sk-kept', new_key: 'sk-next', grace_period: '1h' });
    const second = await startLitellm({ data });
    expect((await second.call('GET', '/key/info', undefined, 'sk-next')).status).toBe(200);
    expect((await second.call('GET', '/key/info', undefined, 'sk-kept')).status).toBe(200);
    expect(readFileSync(data, 'utf8')).not.toMatch(/sk-(kept|next)/);
  });

  it('loses the answer of a regeneration that took effect, when told to', async () => {
    const { call } = await startLitellm({
      onRequest: ({ operation, input }) =>
        operation === 'POST /key/{key}/regenerate' && input.key === 'sk-1' ? 'drop-after' : undefined,
    });
    await call('POST', '/key/generate', { key: 'sk-1' });
    await expect(call('POST', '/key/sk-1/regenerate', { new_key: 'sk-2' })).rejects.toThrow();
    expect((await call('GET', '/key/info', undefined, 'sk-2')).status).toBe(200);
  });

  it('does not start with a master key that LiteLLM would not take', async () => {
    await expect(createLocalLitellm({ masterKey: 'secret' })).rejects.toThrow('must start with "sk-"');
  });
});
