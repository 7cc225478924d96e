import { describe, expect, it } from 'vitest';
import { type Asking, type ConjurUnderTest, startConjur } from './start-conjur.ts';

const V2 = 'application/x.secretsmgr.v2beta+json';

interface Sent {
  readonly as?: string;
  readonly body?: unknown;
}

/** A V2 request, with its answer as status and JSON. */
async function v2({ ask }: ConjurUnderTest, method: string, path: string, { as = 'admin', body }: Sent = {}) {
  const asking: Asking = {
    as,
    headers: { accept: V2, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await ask(method, path, asking);
  expect(answer.headers['content-type']).toBe(V2);
  return { status: answer.status, body: answer.text === '' ? undefined : answer.json() };
}

const APP = { name: 'app', branch: '/', owner: { kind: 'user', id: 'admin' }, annotations: {} };

describe('branches', () => {
  it('are made, shown, listed, changed and deleted without a policy text', async () => {
    const conjur = await startConjur();
    expect(await v2(conjur, 'POST', '/branches/default', { body: { name: 'app', branch: '/' } })).toEqual({
      status: 201,
      body: APP,
    });
    const owner = { kind: 'policy', id: 'app' };
    const inner = { name: 'db', branch: 'app', annotations: { team: 'pay' } };
    expect(await v2(conjur, 'POST', '/branches/default', { body: inner })).toEqual({
      status: 201,
      body: { ...inner, owner },
    });
    expect(await v2(conjur, 'GET', '/branches/default/app/db')).toEqual({ status: 200, body: { ...inner, owner } });
    const listed = await v2(conjur, 'GET', '/branches/default?limit=1&offset=1');
    expect(listed).toEqual({ status: 200, body: { branches: [{ ...inner, owner }], count: 2 } });
    await conjur.load('- !host h\n');
    const change = { owner: { kind: 'host', id: 'h' }, annotations: { team: 'web', since: '2026' } };
    const changed = await v2(conjur, 'PATCH', '/branches/default/app/db', { body: change });
    expect(changed).toEqual({ status: 200, body: { ...inner, ...change } });
    expect((await v2(conjur, 'GET', '/branches/default/app/db', { as: 'host/h' })).status).toBe(200);
    await conjur.load('- !variable v\n', { branch: 'app/db', as: 'host/h' });
    expect(await v2(conjur, 'DELETE', '/branches/default/app')).toEqual({ status: 204, body: undefined });
    expect((await v2(conjur, 'GET', '/branches/default')).body).toEqual({ branches: [], count: 0 });
    expect((await conjur.ask('GET', '/resources/default/variable')).json()).toEqual([]);
  });

  it.each([
    [{ name: 'app', branch: '/' }, 409],
    [{ name: 'a b', branch: '/' }, 422],
    [{ name: 'x'.repeat(61), branch: '/' }, 422],
    [{ name: 'x', branch: 'a.b' }, 422],
    [{ branch: '/' }, 422],
    [{ name: 'x', branch: '/', color: 'red' }, 422],
    [{ name: 'x', branch: '/', annotations: { a: 1 } }, 422],
    [{ name: 'x', branch: '/', owner: { kind: 'layer', id: 'l' } }, 422],
    [{ name: 'x', branch: '/', owner: { kind: 'group', id: 'ghost' } }, 404],
    [{ name: 'x', branch: 'ghost' }, 404],
    [{ name: 'x', branch: `app${'/a'.repeat(14)}` }, 422],
    [{ name: 'app', branch: '/', owner: { kind: '', id: '' } }, 422],
    [{}, 400],
    [[], 400],
  ])('%j is answered with %i, and nothing is made', async (body, status) => {
    const conjur = await startConjur();
    await v2(conjur, 'POST', '/branches/default', { body: { name: 'app', branch: '/' } });
    const answer = await v2(conjur, 'POST', '/branches/default', { body });
    expect(answer).toEqual({ status, body: { code: String(status), message: expect.any(String) } });
    expect((await v2(conjur, 'GET', '/branches/default')).body).toMatchObject({ count: 1 });
  });

  it('are none where a policy text has left out the branch above', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy gap/b');
    const missing = { status: 404, body: { code: '404', message: "Branch 'gap' not found in account 'default'" } };
    expect(await v2(conjur, 'GET', '/branches/default/gap/b')).toEqual(missing);
    expect(await v2(conjur, 'PATCH', '/branches/default/gap/b', { body: { annotations: { a: 'b' } } })).toEqual(
      missing,
    );
    expect(await v2(conjur, 'POST', '/branches/default', { body: { name: 'x', branch: 'gap/b' } })).toEqual(missing);
  });

  it('come page by page, whichever sign separates the parameters', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy a\n- !policy b\n- !policy c');
    const page = await v2(conjur, 'GET', '/branches/default?limit=1;offset=1');
    expect(page.body).toMatchObject({ branches: [{ name: 'b' }], count: 3 });
  });

  it('are not found by who may not use them so', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !host h\n- !policy b\n- !permit { role: !host h, privileges: [ execute ], resource: !policy b }\n',
    );
    for (const [method, path, body] of [
      ['GET', '/branches/default/b', undefined],
      ['PATCH', '/branches/default/b', { annotations: { a: 'b' } }],
      ['DELETE', '/branches/default/b', undefined],
      ['POST', '/branches/default', { name: 'x', branch: 'b' }],
    ] as const) {
      expect((await v2(conjur, method, path, { as: 'host/h', body })).status).toBe(404);
    }
    expect((await v2(conjur, 'GET', '/branches/default', { as: 'host/h' })).body).toEqual({ branches: [], count: 0 });
  });

  it('keep all of what is in them where a part may not be updated', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !host h\n- !policy { id: b, body: [ !variable v, !variable { id: w, owner: !user /admin } ] }\n',
    );
    await conjur.load('- !policy { id: b, owner: !host h }\n', { method: 'PATCH' });
    expect((await v2(conjur, 'DELETE', '/branches/default/b', { as: 'host/h' })).status).toBe(404);
    expect((await conjur.ask('GET', '/resources/default/variable/b%2Fv')).status).toBe(200);
  });
});

describe('members of a group', () => {
  const path = '/groups/default/app%2Fg/members';
  async function startWithGroup() {
    const conjur = await startConjur();
    await conjur.load('- !policy { id: app, body: [ !group g, !group other, !host h ] }\n- !host outsider\n');
    return conjur;
  }

  it('are added and removed', async () => {
    const conjur = await startWithGroup();
    const member = { kind: 'host', id: 'app/h' };
    expect(await v2(conjur, 'POST', path, { body: member })).toEqual({ status: 201, body: member });
    expect((await v2(conjur, 'POST', path, { body: member })).status).toBe(409);
    expect((await conjur.ask('GET', '/roles/default/host/app%2Fh?all')).text).toContain('default:group:app/g');
    expect((await v2(conjur, 'DELETE', `${path}/host/app%2Fh`)).status).toBe(204);
    expect((await v2(conjur, 'DELETE', `${path}/host/app/h`)).status).toBe(404);
    expect((await conjur.ask('GET', '/roles/default/host/app%2Fh?all')).text).not.toContain('default:group:app/g');
  });

  it.each([
    [{ kind: 'group', id: 'app/g' }, 422],
    [{ kind: 'layer', id: 'l' }, 422],
    [{ kind: 'host', id: 'ghost' }, 422],
    [{ kind: 'host' }, 422],
    [{ kind: 'host', id: 'app/h', admin: true }, 422],
  ])('%j is answered with %i', async (body, status) => {
    const conjur = await startWithGroup();
    expect((await v2(conjur, 'POST', path, { body })).status).toBe(status);
  });

  it('are for who may change the branch of the group', async () => {
    const conjur = await startWithGroup();
    const asking = { as: 'host/outsider', body: { kind: 'host', id: 'outsider' } };
    expect((await v2(conjur, 'POST', path, asking)).status).toBe(404);
    expect((await v2(conjur, 'DELETE', `${path}/host/outsider`, { as: 'host/outsider' })).status).toBe(404);
  });
});

it('the V2 API is there only for who accepts it, and takes no unknown parameter', async () => {
  const conjur = await startConjur();
  const others = ['*/*', 'application/json', 'application/x.secretsmgr.v1beta+json'];
  for (const accept of [undefined, ...others, 'application/x.secretsmgr.v2+json']) {
    const headers = accept === undefined ? {} : { accept };
    const answer = await conjur.ask('GET', '/branches/default', { headers });
    expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, '400']);
  }
  expect((await v2(conjur, 'GET', '/branches/default?search=x')).status).toBe(422);
  expect((await v2(conjur, 'GET', '/branches/default?limit=1001')).status).toBe(422);
});
