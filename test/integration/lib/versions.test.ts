import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createLocalConjur,
  type LocalConjur,
  type LocalConjurOptions,
} from '../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';

const SERVERS: readonly [string, LocalConjurOptions][] = [
  ['1.21', { serverVersion: '1.21.0' }],
  ['1.24', { serverVersion: '1.24.0' }],
  ['1.27', { serverVersion: '1.27.0' }],
  ['SaaS', { edition: 'saas' }],
];

describe.each(SERVERS)('Conjur %s', (name, options) => {
  const isSaas = options.edition === 'saas';
  let server: LocalConjur;
  let conjur: ConjurClient;

  beforeAll(async () => {
    server = await createLocalConjur({ policyLoadMs: 0, ...options });
    const auth = { type: 'api-key', apiKey: server.adminApiKey } as const;
    const edition = isSaas ? 'saas' : 'self-hosted';
    conjur = createConjurClient({ baseUrl: server.url, auth, edition, policyBranch: isSaas ? 'data' : 'data/app' });
    const body = '- !policy { id: app, body: [ !host one ] }';
    await conjur.loadPolicy(isSaas ? 'data' : 'root', isSaas ? body : `- !policy\n  id: data\n  body:\n  ${body}`);
  });

  afterAll(async () => {
    await conjur.close();
    await server.close();
  });

  it('creates, writes, reads, lists and deletes', async () => {
    expect(await conjur.writeSecret('data/app/a', '1')).toMatchObject({ created: true, version: 1 });
    expect(await conjur.writeSecret('data/app/a', '2')).toMatchObject({ created: false, changed: true, version: 2 });
    expect((await conjur.readSecret('data/app/a')).value.expose()).toBe('2');
    expect((await conjur.readSecret('data/app/a', { version: 1 })).value.expose()).toBe('1');
    const names: string[] = [];
    for await (const variable of conjur.listVariables({ limit: 1 })) names.push(variable.name);
    expect(names).toEqual(['data/app/a']);
    await conjur.deleteVariable('data/app/a');
    expect(await conjur.showVariable('data/app/a')).toBeUndefined();
  });

  it('tells a value that was there already, where the server does', async () => {
    await conjur.writeSecret('data/app/same', 'value');
    // Before 1.22 the same value made a version.
    const isVersion = name === '1.21';
    expect(await conjur.writeSecret('data/app/same', 'value')).toMatchObject({
      changed: isVersion,
      version: isVersion ? 2 : 1,
    });
  });

  it('reads and writes many, with an error for each that is bad', async () => {
    const { items, errors } = await conjur.writeSecrets([
      { name: 'data/app/m1', value: '1' },
      { name: 'data/app/m2', value: Buffer.from([0, 255]) },
      { name: 'a//b', value: '3' },
    ]);
    expect([items.length, errors.map(({ name: bad }) => bad)]).toEqual([2, ['a//b']]);
    const read = await conjur.readSecrets(['data/app/m2', 'data/app/m1', 'data/app/none']);
    expect(read.items.map(({ value }) => value.exposeBytes())).toEqual([Buffer.from([0, 255]), Buffer.from('1')]);
    expect(read.errors.map(({ error }) => error.code)).toEqual(['secret_not_found']);
  });

  it('says who this is, and what may be done', async () => {
    expect(await conjur.whoami()).toMatchObject({ login: 'admin', account: isSaas ? 'conjur' : 'default' });
    expect(await conjur.isPermitted('data/app', 'create', { kind: 'policy' })).toBe(true);
    expect(await conjur.isPermitted('data/app/m1', 'read', { role: 'host:data/app/one' })).toBe(false);
  });

  it("rotates another role's api key, where the edition lets one", async () => {
    const rotation = conjur.rotateApiKeyOf('host:data/app/one');
    if (isSaas) return expect(rotation).rejects.toMatchObject({ code: 'invalid_request' });
    const auth = { type: 'api-key', login: 'host/data/app/one', apiKey: await rotation } as const;
    const host = createConjurClient({ baseUrl: server.url, auth });
    expect(await host.whoami()).toMatchObject({ login: 'host/data/app/one' });
    return host.close();
  });
});
