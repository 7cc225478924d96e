import { describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { createClient } from '../../../../conformance/create-client.ts';
import { type ConjurUnderTest, startConjur, talkTo } from './start-conjur.ts';

const V2 = { accept: 'application/x.secretsmgr.v2+json', 'content-type': 'application/json' };
const APP = `
- !policy
  id: app
  body:
  - !group readers
  - !host writer
  - !host reader
  - !host stranger
  - !grant { role: !group readers, member: !host reader }
`;

/** Requests go below `/api`, as clients of the service send them. */
async function startSaas(): Promise<ConjurUnderTest> {
  const { conjur } = await startConjur({ edition: 'saas' });
  const saas = talkTo(conjur, below(conjur));
  expect((await saas.load(APP, { branch: 'data' })).status).toBe(201);
  await saas.load('- !permit { role: !host app/writer, privileges: [ read, update ], resource: !policy app }', {
    branch: 'data',
  });
  return saas;
}

function below({ url }: LocalConjur) {
  return createClient(`${url}/api`);
}

function v2(conjur: ConjurUnderTest, method: string, path: string, body?: unknown, as = 'admin') {
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  return conjur.ask(method, path, { as, headers: V2, ...given });
}

const WHOLE = {
  branch: '/data/app',
  name: 'db-password',
  mime_type: 'text/plain',
  value: 'correct horse',
  annotations: { owner: 'the team' },
  permissions: [
    { subject: { kind: 'group', id: 'data/app/readers' }, privileges: ['read', 'execute'] },
    { subject: { kind: 'workload', id: 'data/app/writer' }, privileges: ['read', 'update'] },
  ],
};

describe('a secret of the service', () => {
  it('is made in one request: value, annotations and permissions', async () => {
    const conjur = await startSaas();
    const made = await v2(conjur, 'POST', '/secrets/static', WHOLE, 'host/data/app/writer');
    expect(made.status).toBe(201);
    const description = {
      branch: '/data/app',
      name: 'db-password',
      mime_type: 'text/plain',
      annotations: { owner: 'the team' },
      permissions: { href: '/secrets/static/data/app/db-password/permissions' },
    };
    expect(made.json()).toEqual(description);
    expect((await v2(conjur, 'GET', '/secrets/static/data/app/db-password')).json()).toEqual(description);
    const path = '/secrets/conjur/variable/data%2Fapp%2Fdb-password';
    expect((await conjur.ask('GET', path, { as: 'host/data/app/reader' })).text).toBe('correct horse');
    const { permissions, count } = (await v2(conjur, 'GET', `${description.permissions.href}`)).json<{
      permissions: unknown[];
      count: number;
    }>();
    expect(count).toBe(2);
    expect(permissions).toContainEqual({
      subject: { kind: 'host', id: 'data/app/writer' },
      privileges: ['read', 'update'],
    });
  });

  it.each([
    ['an empty value', { ...WHOLE, value: '' }],
    ['no value', { branch: 'data/app', name: 'db-password' }],
  ])('has none with %s', async (_what, body) => {
    const conjur = await startSaas();
    expect((await v2(conjur, 'POST', '/secrets/static', body)).status).toBe(201);
    const read = await conjur.ask('GET', '/secrets/conjur/variable/data%2Fapp%2Fdb-password');
    expect(read.status).toBe(404);
  });

  it.each([
    ['a branch that there is not', { ...WHOLE, branch: '/data/ghost' }, 404],
    ['a subject that there is not', { ...WHOLE, permissions: [permit('ghost')] }, 404],
    ['a permission without privileges', { ...WHOLE, permissions: [{ subject: permit('app/readers').subject }] }, 422],
    ['a privilege that there is not', { ...WHOLE, permissions: [permit('app/readers', 'own')] }, 422],
    ['no name', { branch: '/data/app' }, 422],
    ['a field that there is not', { ...WHOLE, nope: 1 }, 422],
    ['a value that is no text', { ...WHOLE, value: 7 }, 422],
  ])('is refused for %s, and nothing is left of it', async (_what, body, status) => {
    const conjur = await startSaas();
    const refused = await v2(conjur, 'POST', '/secrets/static', body);
    expect(refused.status).toBe(status);
    expect(refused.json()).toMatchObject({ code: String(status), message: expect.any(String) });
    const listed = await conjur.ask('GET', '/resources/conjur/variable');
    expect(listed.json()).toEqual([]);
  });

  it('is made once, and only by who may update the branch', async () => {
    const conjur = await startSaas();
    await conjur.load('- !permit { role: !host app/reader, privileges: [ create ], resource: !policy app }', {
      branch: 'data',
    });
    expect((await v2(conjur, 'POST', '/secrets/static', WHOLE, 'host/data/app/stranger')).status).toBe(404);
    expect((await v2(conjur, 'POST', '/secrets/static', WHOLE, 'host/data/app/reader')).status).toBe(403);
    expect((await v2(conjur, 'POST', '/secrets/static', WHOLE)).status).toBe(201);
    expect((await v2(conjur, 'POST', '/secrets/static', WHOLE)).status).toBe(409);
  });

  it('is replaced: what the request does not name is gone, but the value', async () => {
    const conjur = await startSaas();
    const path = '/secrets/static/data/app/db-password';
    await v2(conjur, 'POST', '/secrets/static', WHOLE);
    const replaced = await v2(conjur, 'PUT', path, { annotations: { purpose: 'a test' } });
    expect(replaced.status).toBe(200);
    expect(replaced.json()).toMatchObject({ annotations: { purpose: 'a test' } });
    expect(replaced.json()).not.toHaveProperty('mime_type');
    expect((await v2(conjur, 'GET', `${path}/permissions`)).json()).toEqual({ permissions: [], count: 0 });
    const read = await conjur.ask('GET', '/secrets/conjur/variable/data%2Fapp%2Fdb-password');
    expect(read.text).toBe('correct horse');
    expect((await v2(conjur, 'PUT', path, { branch: 'data' })).status).toBe(422);
    expect((await v2(conjur, 'PUT', '/secrets/static/data/app/ghost', { value: 'x' })).status).toBe(404);
  });

  it('wants the media type of the V2 API', async () => {
    const conjur = await startSaas();
    const body = JSON.stringify(WHOLE);
    expect((await conjur.ask('POST', '/secrets/static', { body })).status).toBe(400);
  });
});

describe('many values of the service', () => {
  it('come with a status for each id', async () => {
    const conjur = await startSaas();
    await v2(conjur, 'POST', '/secrets/static', WHOLE);
    await v2(conjur, 'POST', '/secrets/static', { branch: 'data/app', name: 'empty' });
    await v2(conjur, 'POST', '/secrets/static', {
      ...WHOLE,
      name: 'seen-only',
      permissions: [permit('app/readers', 'read')],
    });
    await v2(conjur, 'POST', '/secrets/static', {
      ...WHOLE,
      name: 'bytes',
      permissions: [permit('app/readers', 'execute')],
    });
    await conjur.ask('POST', '/secrets/conjur/variable/data%2Fapp%2Fbytes', { body: Buffer.from([0xff, 0]) });
    const ids = ['db-password', 'seen-only', 'empty', 'ghost', 'bytes'].map((name) => `data/app/${name}`);
    const answer = await v2(conjur, 'POST', '/secrets/values', { ids }, 'host/data/app/reader');
    expect(answer.json()).toEqual({
      secrets: [
        { id: 'data/app/db-password', value: 'correct horse', status: 200 },
        { id: 'data/app/seen-only', status: 403 },
        { id: 'data/app/empty', status: 404 },
        { id: 'data/app/ghost', status: 404 },
        { id: 'data/app/bytes', status: 406 },
      ],
    });
  });

  it.each([
    ['more than 250', Array.from({ length: 251 }, (_, index) => `data/${index}`)],
    ['none', []],
    ['something that is no id', [1]],
  ])('are refused for %s', async (_what, ids) => {
    const conjur = await startSaas();
    expect((await v2(conjur, 'POST', '/secrets/values', { ids })).status).toBe(422);
  });
});

describe('the service', () => {
  it('is below /api, and nowhere else', async () => {
    const { conjur, ask } = await startConjur({ edition: 'saas' });
    expect((await ask('GET', '/whoami', { as: null })).status).toBe(404);
    expect((await talkTo(conjur, below(conjur)).ask('GET', '/whoami')).json()).toMatchObject({ account: 'conjur' });
  });

  it('tells who counts requests the path as it came', async () => {
    const seen: string[] = [];
    const conjur = await createLocalConjur({ edition: 'saas', onRequest: ({ path }) => seen.push(path) });
    await talkTo(conjur, below(conjur)).ask('GET', '/whoami');
    await conjur.close();
    expect(seen).toEqual(['/api/authn/conjur/admin/authenticate', '/api/whoami']);
  });

  it.each([
    ['POST', 'root'],
    ['PATCH', 'root'],
    ['PUT', 'data'],
    ['POST', 'conjur'],
  ])('lets nobody load: %s of %s', async (method, branch) => {
    const conjur = await startSaas();
    expect((await conjur.load('- !variable v', { method, branch })).status).toBe(403);
    expect((await conjur.load('- !variable v', { method: 'PATCH', branch: 'data' })).status).toBe(201);
  });

  it('never takes a dry run for a load', async () => {
    const conjur = await startSaas();
    const dry = await conjur.ask('POST', '/policies/conjur/policy/data?dryRun=true', { body: '- !variable dry' });
    expect(dry.status).toBe(422);
    expect((await conjur.ask('GET', '/resources/conjur/variable/data%2Fdry')).status).toBe(404);
  });

  it("rotates one's own key, and nobody else's", async () => {
    const conjur = await startSaas();
    const other = await conjur.ask('PUT', '/authn/conjur/api_key?role=host:data/app/reader');
    expect(other.status).toBe(403);
    const basic = Buffer.from(`host/data/app/reader:${conjur.keys.get('host/data/app/reader')}`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    expect((await conjur.ask('PUT', '/authn/conjur/api_key', { as: null, headers })).status).toBe(200);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/policies/conjur/policy/data'],
    ['POST', '/authn-cert/x/conjur/authenticate'],
    ['GET', '/public_keys/conjur/user/admin'],
  ])('has no %s %s', async (method, path) => {
    const conjur = await startSaas();
    expect((await conjur.ask(method, path)).status).toBe(404);
  });

  it('names no account in the paths of the V2 API', async () => {
    const conjur = await startSaas();
    const made = await v2(conjur, 'POST', '/branches', { name: 'inner', branch: '/data/app' });
    expect(made.json()).toMatchObject({ name: 'inner', branch: 'data/app' });
    expect((await v2(conjur, 'GET', '/branches/data/app/inner')).status).toBe(200);
    expect((await v2(conjur, 'GET', '/branches')).json<{ count: number }>().count).toBeGreaterThan(5);
    const joined = await v2(conjur, 'POST', '/groups/data/app/readers/members', {
      kind: 'host',
      id: 'data/app/stranger',
    });
    expect(joined.status).toBe(201);
    const authenticator = await v2(conjur, 'POST', '/authenticators', {
      type: 'jwt',
      name: 'ci',
      data: { jwks_uri: 'https://issuer.example/jwks' },
    });
    expect(authenticator.status).toBe(201);
    expect((await v2(conjur, 'GET', '/authenticators')).json()).toMatchObject({ count: 1 });
  });

  it('has one account', async () => {
    await expect(createLocalConjur({ edition: 'saas', account: 'mine' })).rejects.toThrow('one account, conjur');
  });
});

function permit(path: string, privilege = 'read') {
  return { subject: { kind: 'group', id: `data/${path}` }, privileges: [privilege] };
}
