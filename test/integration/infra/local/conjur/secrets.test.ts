import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startConjur } from './start-conjur.ts';

const V = '/secrets/default/variable/v';

describe('values', () => {
  it.each([
    ['0', 404],
    ['-1', 404],
    ['1', 200],
    [' 1 ', 200],
    ['2', 404],
    ['', 422],
    ['abc', 422],
    ['1.0', 422],
    ['2147483647', 404],
    ['2147483648', 404],
    ['99999999999999999999', 404],
  ])('of version "%s" are answered with %i', async (version, status) => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n');
    await conjur.ask('POST', V, { body: 'one' });
    const answer = await conjur.ask('GET', `${V}?version=${encodeURIComponent(version)}`);
    expect(answer.status).toBe(status);
    if (status === 422) {
      expect(answer.json()).toEqual({
        error: { code: 'argument_error', message: "invalid type for parameter 'version'" },
      });
    }
  });

  it('that come back later are a new version, the same value at once is none', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n');
    for (const body of ['a', 'a', 'b', 'b', 'a']) await conjur.ask('POST', V, { body });
    const shown = await conjur.ask('GET', '/resources/default/variable/v');
    expect(shown.json()).toMatchObject({ secrets: [{ version: 1 }, { version: 2 }, { version: 3 }] });
  });

  it('are not taken when they are blank, which a role without the right does not learn', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !variable v\n- !host h\n- !permit { role: !host h, privileges: [ read ], resource: !variable v }\n',
    );
    expect((await conjur.ask('POST', V, { body: ' \n\t' })).status).toBe(422);
    expect((await conjur.ask('POST', V, { body: '', as: 'host/h' })).status).toBe(403);
  });

  it('of a megabyte survive', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n');
    const body = Buffer.alloc(1_000_000, 'x');
    expect((await conjur.ask('POST', V, { body })).status).toBe(201);
    expect((await conjur.ask('GET', V)).bytes.equals(body)).toBe(true);
  });

  it.each([
    ['application/json', '{"a": 1}'],
    ['application/json', 'not json'],
    ['application/x-www-form-urlencoded', 'a=b&c'],
    ['application/x-www-form-urlencoded', '100% sure'],
    ['application/x-www-form-urlencoded', Buffer.from([0xff, 0xfe, 0])],
    ['application/json', Buffer.from([0xff, 0xfe, 0])],
    ['multipart/form-data', 'no boundary'],
    ['text/plain', '100%'],
    ['nonsense', '100%'],
  ])('sent as %s are never parsed: %j comes back as it was', async (type, body) => {
    const conjur = await startConjur();
    const policy = { body: '- !variable v\n', headers: { 'content-type': type } };
    expect((await conjur.ask('POST', '/policies/default/policy/root', policy)).status).toBe(201);
    expect((await conjur.ask('POST', V, { body, headers: { 'content-type': type } })).status).toBe(201);
    expect((await conjur.ask('GET', V)).bytes).toEqual(Buffer.from(body));
    const login = { as: null, body: conjur.conjur.adminApiKey, headers: { 'content-type': type } };
    expect((await conjur.ask('POST', '/authn/default/admin/authenticate', login)).status).toBe(200);
  });

  it('a query that cannot be decoded is refused, on whatever route', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n');
    for (const [method, path] of [
      ['POST', V],
      ['GET', V],
      ['GET', '/resources/default'],
    ] as const) {
      expect((await conjur.ask(method, `${path}?version=%ff`, { body: 'x' })).status).toBe(400);
    }
  });

  it('can be told to expire later, or not at all', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n');
    await conjur.ask('POST', V, { body: 'one' });
    expect((await conjur.ask('POST', `${V}?expirations`)).status).toBe(201);
    expect((await conjur.ask('GET', V)).text).toBe('one');
    expect((await conjur.ask('POST', '/secrets/default/host/h?expirations')).json()).toEqual({
      error: { code: 'argument_error', message: 'Invalid secret kind: host' },
    });
    expect((await conjur.ask('POST', '/secrets/default/host/h', { body: 'x' })).status).toBe(404);
  });

  it('of any name and any bytes come back as they went in', { timeout: 60_000 }, async () => {
    const conjur = await startConjur();
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[\p{Cc}\u2028\u2029/]/u.test(text) && text.trim() === text && text.isWellFormed());
    const names = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { minLength: 1, maxLength: 8 },
    );
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .filter((value) => Buffer.from(value).toString().trim() !== '');
    await fc.assert(
      fc.asyncProperty(names, bytes, async (ids, value) => {
        const policy = ids.map(
          (id) => `- !variable ${stringify(id, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 })}`,
        );
        expect((await conjur.load(policy.join(''), { method: 'PUT' })).status).toBe(201);
        for (const id of ids) {
          const path = `/secrets/default/variable/${encodeURIComponent(id)}`;
          expect((await conjur.ask('POST', path, { body: Buffer.from(value) })).status).toBe(201);
          expect((await conjur.ask('GET', path)).bytes.equals(Buffer.from(value))).toBe(true);
        }
        const listed = (await conjur.ask('GET', '/resources/default/variable')).json<{ id: string }[]>();
        expect(listed.map(({ id }) => id).sort()).toEqual(ids.map((id) => `default:variable:${id}`).sort());
      }),
      { numRuns: 8 },
    );
  });
});

describe('many values at once', () => {
  const batch = (ids: string) => `/secrets?variable_ids=${ids}`;

  it('are refused as a whole: first for what is forbidden, then for what is missing, then for what has no value', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host h
- !variable full
- !variable empty
- !variable secret
- !permit { role: !host h, privileges: [ execute ], resources: [ !variable full, !variable empty ] }
`);
    await conjur.ask('POST', '/secrets/default/variable/full', { body: 'x' });
    const [full, empty, secret, ghost] = ['full', 'empty', 'secret', 'ghost'].map((id) => `default:variable:${id}`);
    const ask = async (...ids: (string | undefined)[]) => {
      const answer = await conjur.ask('GET', batch(ids.join(',')), { as: 'host/h' });
      return [answer.status, /default:variable:\w+/.exec(answer.text)?.[0]];
    };
    expect(await ask(secret, empty, ghost, full)).toEqual([403, undefined]);
    expect(await ask(secret, secret)).toEqual([403, undefined]);
    expect(await ask(empty, ghost, full)).toEqual([404, ghost]);
    expect(await ask(full, empty)).toEqual([404, empty]);
    expect(await ask(full, full, ghost)).toEqual([404, ghost]);
    expect(await ask(full, full)).toEqual([500, undefined]);
  });

  it('are given to whoever may read each of them, in whatever way', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host h
- !group inner
- !group outer
- !layer machines
- !grant { role: !group outer, member: !group inner }
- !grant { role: !group inner, member: !host h }
- !grant { role: !layer machines, member: !host h }
- !variable permitted
- !variable by-groups
- !variable by-layer
- !variable elsewhere
- !policy { id: own, owner: !host h, body: [ !variable v ] }
- !permit { role: !host h, privileges: [ read, execute ], resource: !variable permitted }
- !permit { role: !group outer, privileges: [ execute ], resource: !variable by-groups }
- !permit { role: !layer machines, privileges: [ execute ], resource: !variable by-layer }
- !permit { role: !host h, privileges: [ read, update ], resource: !variable elsewhere }
`);
    const names = ['permitted', 'by-groups', 'by-layer', 'own/v'];
    for (const name of [...names, 'elsewhere'])
      await conjur.ask('POST', `/secrets/default/variable/${encodeURIComponent(name)}`, { body: name });
    const ask = (...ids: string[]) =>
      conjur.ask('GET', batch(ids.map((id) => `default:variable:${id}`).join(',')), { as: 'host/h' });
    const answer = await ask(...names);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual(
      Object.fromEntries(names.map((name) => [`default:variable:${name}`, name])),
    );
    expect((await ask(...names, 'elsewhere')).status).toBe(403);
  });

  it.each([
    ['a,,b', 422],
    [',a', 422],
    ['default:variable:v,', 200],
    ['default:host:h', 404],
    ['%', 400],
    ['%ff', 400],
  ])('asked for as %s are answered with %i', async (ids, status) => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n- !host h\n');
    await conjur.ask('POST', V, { body: 'x' });
    expect((await conjur.ask('GET', batch(ids))).status).toBe(status);
  });

  it('may be asked for in the form of a list, as long as that has one id', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable "a,b"\n- !variable c\n');
    await conjur.ask('POST', '/secrets/default/variable/a%2Cb', { body: '1' });
    const one = await conjur.ask('GET', '/secrets?variable_ids[]=default:variable:a,b');
    expect(one.json()).toEqual({ 'default:variable:a,b': '1' });
    const two = '/secrets?variable_ids[]=default:variable:a,b&variable_ids%5B%5D=default:variable:c';
    expect((await conjur.ask('GET', two)).status).toBe(500);
  });

  it('come as text where they are UTF-8, and base64 has to be asked for alone', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable v\n- !variable w\n');
    await conjur.ask('POST', V, { body: 'pässwörd 鍵' });
    await conjur.ask('POST', '/secrets/default/variable/w', { body: Buffer.from([0xff]) });
    const text = await conjur.ask('GET', batch('default:variable:v'));
    expect(text.json()).toEqual({ 'default:variable:v': 'pässwörd 鍵' });
    const headers = { 'accept-encoding': 'gzip, base64' };
    expect((await conjur.ask('GET', batch('default:variable:w'), { headers })).status).toBe(406);
  });

  it('are cut off where the web server of a genuine Conjur cuts', async () => {
    const conjur = await startConjur();
    const longest = `/secrets?variable_ids=${'a'.repeat(10_240 - 'variable_ids='.length)}`;
    expect((await conjur.ask('GET', longest)).status).toBe(404);
    expect((await conjur.ask('GET', `${longest}a`)).status).toBe(400);
    expect((await conjur.ask('GET', `/secrets/default/variable/${'a'.repeat(8192)}`)).status).toBe(400);
  });
});

describe('paths', () => {
  it.each([
    ['/secrets/default/variable/a/b', 200],
    ['/secrets/default/variable//a///b/', 200],
    ['//secrets/default/variable/a%2fb', 200],
    ['/secrets/default/variable/a/../a/b', 404],
    ['/secrets/default/variable/./a/b', 404],
    ['/secrets/default/variable/a%2Fb%2F', 404],
    ['/secrets/default/variable/a+b', 404],
    ['/secrets/default/variable/%ff', 400],
    ['/secrets/default/variable/100%', 400],
    ['/secrets/default/variables/a', 404],
    ['/resources/default%2Fx/variable', 404],
    ['/whoami/', 200],
  ])('are taken as they are on the wire: %s is answered with %i', async (path, status) => {
    const conjur = await startConjur();
    await conjur.load('- !variable a/b\n');
    await conjur.ask('POST', '/secrets/default/variable/a%2Fb', { body: 'x' });
    expect((await conjur.ask('GET', path)).status).toBe(status);
  });
});
