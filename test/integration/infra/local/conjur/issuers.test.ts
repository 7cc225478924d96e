import { describe, expect, it } from 'vitest';
import type { LocalConjurOptions } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { startConjur } from './start-conjur.ts';

const KEYS = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const REFERENCES = {
  access_key_id_secret_ref: { id: 'keys/id' },
  secret_access_key_secret_ref: { id: 'keys/secret' },
};
const ISSUER = { id: 'aws-1', type: 'aws', max_ttl: 3000, data: KEYS };
const JSON_BODY = { 'content-type': 'application/json' };
const METHOD = 'dynamic/method: federation-token';

interface IssuerJson {
  readonly max_ttl: number;
  readonly data: Record<string, unknown>;
  readonly created_at: string;
  readonly modified_at: string;
}

async function startIssuing(options: LocalConjurOptions = {}) {
  let now = Date.parse('2026-11-01T12:00:00Z');
  const conjur = await startConjur({ dynamicSecrets: true, now: () => now, ...options });
  await conjur.load('- !policy { id: data, body: [ !policy dynamic ] }\n- !user alice\n- !user bob');
  const send = (method: string, path: string, body: unknown, as = 'admin') =>
    conjur.ask(method, path, { as, body: JSON.stringify(body), headers: JSON_BODY });
  return {
    ...conjur,
    send,
    create: (changes: object = {}, as?: string) => send('POST', '/issuers/default', { ...ISSUER, ...changes }, as),
    /** Declares a variable below `data`, which `data/dynamic` is part of. */
    declare: (id: string, annotations: string, as?: string) =>
      conjur.load(`- !variable\n  id: ${id}\n  annotations: { ${annotations} }\n`, {
        branch: 'data',
        ...(as === undefined ? {} : { as }),
      }),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('issuers', () => {
  it('are there only where the server is told to have them, and from 1.22', async () => {
    for (const options of [{ dynamicSecrets: false }, { serverVersion: '1.21.1' }]) {
      const conjur = await startIssuing(options);
      expect((await conjur.create()).status).toBe(404);
    }
  });

  it('are made with a policy of their own, and shown without the secret key', async () => {
    const conjur = await startIssuing();
    const made = await conjur.create();
    const shown = { ...ISSUER, account: 'default', data: { ...KEYS, secret_access_key: '*****' } };
    expect(made.status).toBe(201);
    expect(made.json()).toMatchObject(shown);
    expect((await conjur.ask('GET', '/issuers/default/aws-1')).json()).toEqual(made.json());
    expect((await conjur.ask('GET', '/issuers/default')).json()).toEqual({ issuers: [made.json()] });
    const group = '/resources/default/group/conjur%2Fissuers%2Faws-1%2Fdelegation%2Fconsumers';
    expect((await conjur.ask('GET', group)).status).toBe(200);
    expect((await conjur.create()).status).toBe(409);
  });

  it('may name variables that hold the keys', async () => {
    const conjur = await startIssuing();
    await conjur.load('- !policy { id: keys, body: [ !variable id, !variable secret ] }');
    expect((await conjur.create({ data: REFERENCES })).status).toBe(422);
    await conjur.ask('POST', '/secrets/default/variable/keys%2Fid', { body: KEYS.access_key_id });
    await conjur.ask('POST', '/secrets/default/variable/keys%2Fsecret', { body: KEYS.secret_access_key });
    expect((await conjur.create({ data: REFERENCES })).json()).toMatchObject({ data: REFERENCES });
  });

  it.each([
    ['no id', { id: undefined }, 400],
    ['an id with other characters', { id: 't&st' }, 400],
    ['an id that is too long', { id: 'x'.repeat(61) }, 400],
    ['another type', { type: 'gcp' }, 400],
    ['too short a life', { max_ttl: 899 }, 400],
    ['too long a life', { max_ttl: 43_201 }, 400],
    ['a life that is no number', { max_ttl: '3000' }, 400],
    ['an unknown parameter', { more: 1 }, 400],
    ['no keys', { data: undefined }, 400],
    ['keys that are no object', { data: 'keys' }, 400],
    ['one key', { data: { access_key_id: KEYS.access_key_id } }, 422],
    ['a key that is none', { data: { ...KEYS, access_key_id: 'none' } }, 422],
    ['a key that is no text', { data: { ...KEYS, secret_access_key: 1 } }, 422],
    ['a key too many', { data: { ...KEYS, region: 'eu-west-1' } }, 422],
  ])('are not made with %s', async (_what, changes, status) => {
    const conjur = await startIssuing();
    expect((await conjur.create(changes)).status).toBe(status);
    expect((await conjur.ask('GET', '/issuers/default')).status).toBe(403);
  });

  it('are changed: the keys, and a longer life', async () => {
    const conjur = await startIssuing();
    const made = (await conjur.create()).json<IssuerJson>();
    conjur.wait(5000);
    const changed = await conjur.send('PATCH', '/issuers/default/aws-1', { max_ttl: 4000 });
    expect([changed.status, changed.json<IssuerJson>().max_ttl]).toEqual([200, 4000]);
    expect(changed.json<IssuerJson>().created_at).toBe(made.created_at);
    expect(changed.json<IssuerJson>().modified_at).not.toBe(made.modified_at);
    const other = { ...KEYS, access_key_id: 'AKIAIOSFODNN7CHANGED' };
    const again = await conjur.send('PATCH', '/issuers/default/aws-1', { data: other });
    expect(again.json<IssuerJson>().data.access_key_id).toBe('AKIAIOSFODNN7CHANGED');
    expect((await conjur.send('PATCH', '/issuers/default/aws-1', {})).json()).toEqual(again.json());
    for (const [body, status] of [
      [{ max_ttl: 3999 }, 400],
      [{ max_ttl: 800 }, 400],
      [{ id: 'x' }, 400],
      [{ data: { access_key_id: KEYS.access_key_id } }, 422],
    ] as const)
      expect((await conjur.send('PATCH', '/issuers/default/aws-1', body)).status).toBe(status);
    expect((await conjur.ask('GET', '/issuers/default/aws-1')).json()).toEqual(again.json());
  });

  it('are listed in the order that is asked for, and shown in short', async () => {
    const conjur = await startIssuing();
    for (const [id, max_ttl] of [
      ['b', 900],
      ['a', 10_000],
      ['c', 2000],
    ])
      await conjur.create({ id, max_ttl });
    const idsBy = async (sort: string) => {
      const listed = await conjur.ask('GET', `/issuers/default?sort=${sort}`);
      return listed.json<{ issuers: { id: string }[] }>().issuers.map(({ id }) => id);
    };
    expect(await idsBy('id')).toEqual(['a', 'b', 'c']);
    expect(await idsBy('max_ttl')).toEqual(['b', 'c', 'a']);
    expect((await conjur.ask('GET', '/issuers/default?sort=nope')).status).toBe(400);
    expect((await conjur.ask('GET', '/issuers/default/a?projection=minimal')).json()).toEqual({ max_ttl: 10_000 });
    expect((await conjur.ask('GET', '/issuers/default/a?projection=x')).status).toBe(422);
  });

  it('are hidden from whoever has no right on their policy', async () => {
    const conjur = await startIssuing();
    await conjur.create();
    await conjur.load('- !grant { role: !group conjur/issuers/aws-1/delegation/consumers, member: !user alice }');
    expect((await conjur.create({ id: 'x' }, 'bob')).status).toBe(403);
    expect((await conjur.ask('GET', '/issuers/default', { as: 'bob' })).status).toBe(403);
    const refused = await conjur.ask('GET', '/issuers/default/aws-1', { as: 'bob' });
    expect([refused.status, refused.json<{ error: object }>().error]).toEqual([
      404,
      expect.objectContaining({ message: 'Issuer not found' }),
    ]);
    expect((await conjur.send('PATCH', '/issuers/default/aws-1', { max_ttl: 9000 }, 'bob')).status).toBe(404);
    expect((await conjur.ask('DELETE', '/issuers/default/aws-1', { as: 'bob' })).status).toBe(404);
    expect((await conjur.ask('GET', '/issuers/default/aws-1', { as: 'alice' })).status).toBe(200);
  });

  it.each([
    ['with their variables', '', 404],
    ['without', '?keep_secrets=true', 200],
  ])('are deleted %s', async (_what, query, status) => {
    const conjur = await startIssuing();
    await conjur.create();
    await conjur.declare('dynamic/app', `dynamic/issuer: aws-1, ${METHOD}`);
    expect((await conjur.ask('DELETE', `/issuers/default/aws-1${query}`)).status).toBe(204);
    expect((await conjur.ask('GET', '/issuers/default/aws-1')).status).toBe(404);
    expect((await conjur.ask('DELETE', '/issuers/default/aws-1')).status).toBe(404);
    expect((await conjur.ask('GET', '/issuers/default')).json()).toEqual({ issuers: [] });
    expect((await conjur.ask('GET', '/resources/default/variable/data%2Fdynamic%2Fapp')).status).toBe(status);
    // What an issuer of this name once made may not be served by another.
    expect((await conjur.create()).status).toBe(status === 200 ? 500 : 201);
  });
});

describe('dynamic variables', () => {
  it.each([
    ['no issuer', 'dynamic/app', METHOD],
    ['an issuer that is not there', 'dynamic/app', `dynamic/issuer: ghost, ${METHOD}`],
    ['no method', 'dynamic/app', 'dynamic/issuer: aws-1'],
    ['another method', 'dynamic/app', 'dynamic/issuer: aws-1, dynamic/method: magic'],
    ['too short a life', 'dynamic/app', `dynamic/issuer: aws-1, ${METHOD}, dynamic/ttl: 899`],
    ['a longer life than the issuer gives', 'dynamic/app', `dynamic/issuer: aws-1, ${METHOD}, dynamic/ttl: 3001`],
    ['another branch', 'app', `dynamic/issuer: aws-1, ${METHOD}`],
  ])('are not declared with %s', async (_what, id, annotations) => {
    const conjur = await startIssuing();
    await conjur.create();
    expect((await conjur.declare(id, annotations)).status).toBe(422);
  });

  it('are declared by whoever may use the issuer', async () => {
    const conjur = await startIssuing();
    await conjur.create();
    await conjur.load('- !permit { role: !user alice, privileges: [ create, update, read ], resource: !policy data }');
    const annotations = `dynamic/issuer: aws-1, ${METHOD}`;
    expect((await conjur.declare('dynamic/app', annotations, 'alice')).status).toBe(422);
    await conjur.load('- !grant { role: !group conjur/issuers/aws-1/delegation/consumers, member: !user alice }');
    expect((await conjur.declare('dynamic/app', annotations, 'alice')).status).toBe(201);
  });

  it('have a new value at each read, alone and in a batch, and cannot be set', async () => {
    const conjur = await startIssuing();
    await conjur.create();
    await conjur.declare('dynamic/app', `dynamic/issuer: aws-1, ${METHOD}, dynamic/ttl: 1000`);
    await conjur.load('- !variable static');
    await conjur.ask('POST', '/secrets/default/variable/static', { body: 'as it was' });
    const path = '/secrets/default/variable/data%2Fdynamic%2Fapp';
    const read = await conjur.ask('GET', path);
    expect(read.headers['content-type']).toBe('application/json');
    expect(read.json()).toMatchObject({ ttl: 1000, data: { access_key_id: expect.stringMatching(/^ASIA/) } });
    expect((await conjur.ask('GET', path)).text).not.toBe(read.text);
    const ids = 'default:variable:static,default:variable:data/dynamic/app';
    const batch = (await conjur.ask('GET', `/secrets?variable_ids=${ids}`)).json<Record<string, string>>();
    expect(batch['default:variable:static']).toBe('as it was');
    expect(JSON.parse(batch['default:variable:data/dynamic/app'] ?? '')).toMatchObject({ ttl: 1000 });
    expect((await conjur.ask('POST', path, { body: 'mine' })).status).toBe(405);
  });

  it('come ten at a time', async () => {
    const conjur = await startIssuing();
    await conjur.create();
    const names = Array.from({ length: 11 }, (_, nth) => `dynamic/${nth}`);
    for (const name of names) await conjur.declare(name, `dynamic/issuer: aws-1, dynamic/method: assume-role`);
    const ids = names.map((name) => `default:variable:data/${name}`);
    expect((await conjur.ask('GET', `/secrets?variable_ids=${ids.slice(1)}`)).status).toBe(200);
    expect((await conjur.ask('GET', `/secrets?variable_ids=${ids}`)).status).toBe(422);
  });

  it('have no value once their issuer is gone', async () => {
    const conjur = await startIssuing();
    await conjur.create();
    await conjur.declare('dynamic/app', `dynamic/issuer: aws-1, ${METHOD}`);
    await conjur.ask('DELETE', '/issuers/default/aws-1?keep_secrets=true');
    expect((await conjur.ask('GET', '/secrets/default/variable/data%2Fdynamic%2Fapp')).status).toBe(422);
  });

  it('are plain ones on a server without issuers', async () => {
    const conjur = await startIssuing({ dynamicSecrets: false });
    expect((await conjur.declare('dynamic/app', 'dynamic/issuer: ghost')).status).toBe(201);
    const path = '/secrets/default/variable/data%2Fdynamic%2Fapp';
    await conjur.ask('POST', path, { body: 'mine' });
    expect((await conjur.ask('GET', path)).text).toBe('mine');
  });
});
