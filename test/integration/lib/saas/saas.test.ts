import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../../../lib/client.ts';
import type { ConjurClientOptions } from '../../../../lib/settings.ts';

const POLICY = `
- !policy
  id: app
  body:
  - !group readers
  - !group writers
  - !host reader
  - !host writer
  - !grant { role: !group readers, member: !host reader }
  - !grant { role: !group writers, member: !host writer }
- !policy locked
`;
const GRANTS = { grantRead: ['group:data/app/readers'], grantWrite: ['group:data/app/writers'] };

describe('on Secrets Manager SaaS', () => {
  const requests: string[] = [];
  const keys = new Map<string, string>();
  let server: LocalConjur;
  let admin: ConjurClient;
  let reader: ConjurClient;
  let writer: ConjurClient;

  function connect(login: string, apiKey: string, more: Partial<ConjurClientOptions> = {}): ConjurClient {
    const auth = { type: 'api-key', login, apiKey } as const;
    return createConjurClient({ baseUrl: server.url, edition: 'saas', auth, ...more });
  }

  beforeAll(async () => {
    server = await createLocalConjur({
      edition: 'saas',
      policyLoadMs: 0,
      onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
    });
    admin = connect('admin', server.adminApiKey, GRANTS);
    const { createdRoles } = await admin.loadPolicy('data', POLICY);
    for (const [id, key] of createdRoles) keys.set(id.replace('conjur:host:', 'host/'), key.expose());
    reader = connect('host/data/app/reader', keys.get('host/data/app/reader') ?? '');
    writer = connect('host/data/app/writer', keys.get('host/data/app/writer') ?? '');
    await Promise.all([reader.authenticate(), writer.authenticate()]);
  });

  afterAll(async () => {
    await Promise.all([admin.close(), reader.close(), writer.close()]);
    await server.close();
  });

  beforeEach(() => {
    requests.length = 0;
  });

  it('adds /api and takes the account conjur', async () => {
    expect(await reader.whoami()).toMatchObject({ account: 'conjur', login: 'host/data/app/reader' });
    expect(requests).toEqual(['GET /api/whoami']);
  });

  it('creates a secret with its value, media type, annotations and grants in one request', async () => {
    const written = await admin.writeSecret('data/app/new', 'value', {
      mimeType: 'text/plain',
      annotations: { owner: 'team' },
    });
    expect(written).toEqual({ name: 'data/app/new', created: true, changed: true, version: 1 });
    expect(requests).toEqual(['POST /api/secrets/static']);

    expect(await reader.readSecret('data/app/new')).toMatchObject({ contentType: 'text/plain' });
    expect((await reader.readSecret('data/app/new')).value.expose()).toBe('value');
    expect((await admin.showVariable('data/app/new'))?.annotations).toMatchObject({ owner: 'team' });
    expect(await writer.isPermitted('data/app/new', 'update')).toBe(true);
    expect(await reader.isPermitted('data/app/new', 'update')).toBe(false);
  });

  it('writes what exists by its value, at once where this client knows it', async () => {
    await admin.writeSecret('data/app/known', '1', { reportVersion: false });
    await admin.writeSecret('data/app/known', '2', { reportVersion: false });
    expect(requests).toEqual(['POST /api/secrets/static', 'POST /api/secrets/conjur/variable/data%2Fapp%2Fknown']);

    requests.length = 0;
    const stranger = connect('admin', server.adminApiKey);
    const written = await stranger.writeSecret('data/app/known', '3', { reportVersion: false });
    expect(written).toMatchObject({ created: false });
    expect(requests).toEqual([
      'POST /api/authn/conjur/admin/authenticate',
      'POST /api/secrets/static',
      'POST /api/secrets/conjur/variable/data%2Fapp%2Fknown',
    ]);
    expect((await admin.readSecret('data/app/known')).value.expose()).toBe('3');
    await stranger.close();
  });

  it('writes with rights on the variable alone, and says what is missing where it may not create', async () => {
    await admin.writeSecret('data/app/granted', '1');
    expect(await writer.writeSecret('data/app/granted', '2')).toMatchObject({ created: false, version: 2 });
    await expect(writer.writeSecret('data/app/not-there', '1')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['bytes that are no text', 'data/app/bytes', Buffer.from([0, 255])],
    ['a name that the second API does not take', 'data/app/a name?', Buffer.from('value')],
    ['a branch that does not exist', 'data/nowhere/else', Buffer.from('value')],
  ])('stores %s by a policy load, as on every Conjur', async (_, name, value) => {
    expect(await admin.writeSecret(name, value)).toMatchObject({ created: true, version: 1 });
    expect((await reader.readSecret(name)).value.exposeBytes()).toEqual(value);
  });

  it('writes many: each new one in one request, and one that fails loses no other', async () => {
    await admin.writeSecret('data/app/old', '0');
    requests.length = 0;
    const { items, errors } = await admin.writeSecrets(
      ['data/app/many-a', 'data/app/old', 'data/app/many-b', ''].map((name) => ({ name, value: 'many' })),
      { reportVersion: false },
    );
    expect(items.map(({ name, created }) => [name, created])).toEqual([
      ['data/app/many-a', true],
      ['data/app/old', false],
      ['data/app/many-b', true],
    ]);
    expect(errors).toMatchObject([{ name: '', error: { code: 'invalid_request' } }]);
    expect(requests.sort()).toEqual([
      'POST /api/secrets/conjur/variable/data%2Fapp%2Fold',
      'POST /api/secrets/static',
      'POST /api/secrets/static',
    ]);
  });

  it('reads 1,000 names of which 5 are missing by 4 requests', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `data/app/batch-${index}`);
    const missing = [0, 249, 250, 600, 999].map((index) => names[index] as string);
    await admin.writeSecrets(
      names.filter((name) => !missing.includes(name)).map((name) => ({ name, value: `value of ${name}` })),
      { reportVersion: false },
    );
    requests.length = 0;
    const { items, errors } = await reader.readSecrets(names);
    expect(requests).toEqual(Array(4).fill('POST /api/secrets/values'));
    expect(items.length).toBe(995);
    expect(items.every(({ name, value }) => value.expose() === `value of ${name}`)).toBe(true);
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual(
      missing.map((name) => [name, 'secret_not_found']),
    );
  }, 60_000);

  it('gives each name of a batch its own outcome: bytes singly, and what may not be read', async () => {
    await admin.writeSecret('data/app/binary', Buffer.from([1, 255]));
    const hidden = connect('admin', server.adminApiKey);
    await hidden.writeSecret('data/locked/secret', 'value');
    await hidden.close();
    const names = ['data/app/binary', 'data/locked/secret', 'a//b'];
    const { items, errors } = await reader.readSecrets(names);
    expect(items.map(({ value }) => value.exposeBytes())).toEqual([Buffer.from([1, 255])]);
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual([
      ['data/locked/secret', 'secret_not_found'],
      ['a//b', 'invalid_request'],
    ]);
  });

  it('deletes a secret by the policy of its branch', async () => {
    await admin.writeSecret('data/app/gone', 'value');
    await admin.deleteVariable('data/app/gone');
    expect(await admin.showVariable('data/app/gone')).toBeUndefined();
  });

  it('says what the service lacks before anything is sent', async () => {
    await expect(admin.rotateApiKeyOf('host:data/app/reader')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining("SaaS does not rotate another role's api key"),
    });
    await expect(admin.loadPolicy('data', '- !group x', { dryRun: true })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(requests).toEqual([]);
  });

  it('rotates its own api key', async () => {
    const own = connect('host/data/app/writer', keys.get('host/data/app/writer') ?? '');
    const key = await own.rotateApiKey();
    expect(await own.whoami()).toMatchObject({ login: 'host/data/app/writer' });
    expect(key.expose()).not.toBe(keys.get('host/data/app/writer'));
    await own.close();
  });
});
