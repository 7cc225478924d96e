import { describe, expect, it } from 'vitest';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

const PEERS = `
- !host blue
- !host green
- !host reader
- !host stranger
- !group g
- !user alice
- !permit { role: !host blue, privileges: [ read, update ], resource: !host green }
- !permit { role: !host blue, privileges: [ update ], resource: !group g }
- !permit { role: !host reader, privileges: [ read ], resources: [ !host green, !group g ] }
`;

function basic(conjur: ConjurUnderTest, login: string, password = conjur.keys.get(login)) {
  return { as: null, headers: { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` } };
}

describe('rotating an api key', () => {
  it.each([
    ['host/blue', 'host:green', 200, undefined],
    ['admin', 'host:green', 200, undefined],
    ['host/reader', 'host:green', 403, undefined],
    ['host/stranger', 'host:green', 404, 'CONJ00123E'],
    ['host/reader', 'group:g', 403, undefined],
    ['host/blue', 'group:g', 405, 'method_not_allowed'],
    ['host/blue', 'host:blue', 401, 'Credential strength is insufficient'],
    ['host/blue', 'green', 422, 'Expected at least 2 tokens in green'],
    ['host/blue', '', 422, 'Expected at least 2 tokens in '],
    ['host/blue', 'elsewhere:host:green', 404, 'CONJ00123E'],
    ['host/blue', 'user:admin', 404, 'CONJ00123E'],
  ])('with the token of %s for "%s" is answered with %i', async (as, role, status, text) => {
    const conjur = await startConjur();
    await conjur.load(PEERS);
    const answer = await conjur.ask('PUT', `/authn/default/api_key?role=${role}`, { as });
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text).toContain(text);
    if (status === 403) expect(answer.headers['content-type']).toBe('text/html');
  });

  it('kills the old key at once and leaves the token that was got with it alive', async () => {
    const conjur = await startConjur();
    await conjur.load(PEERS);
    await conjur.tokenOf('host/green');
    const rotated = await conjur.ask('PUT', '/authn/default/api_key', basic(conjur, 'host/green'));
    expect(rotated.text).toMatch(/^[0-9a-z]{40,}$/);
    expect((await conjur.ask('PUT', '/authn/default/api_key', basic(conjur, 'host/green'))).status).toBe(401);
    expect((await conjur.ask('GET', '/whoami', { as: 'host/green' })).status).toBe(200);
    conjur.keys.set('host/green', rotated.text);
    expect((await conjur.ask('GET', '/authn/default/login', basic(conjur, 'host/green'))).text).toBe(rotated.text);
  });

  it('of one’s own, and a login by basic auth, are let in from any address, where a login with the key is refused', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host { id: far, restricted_to: 10.0.0.0/8 }\n');
    const far = basic(conjur, 'host/far');
    expect((await conjur.ask('GET', '/authn/default/login', far)).status).toBe(200);
    expect((await conjur.ask('GET', '/authn/default/login', basic(conjur, 'host/far', 'wrong'))).status).toBe(401);
    const rotated = await conjur.ask('PUT', '/authn/default/api_key', far);
    expect(rotated.status).toBe(200);
    const body = rotated.text;
    expect((await conjur.ask('POST', '/authn/default/host%2Ffar/authenticate', { as: null, body })).status).toBe(401);
  });

  it('says when it was done last', async () => {
    const conjur = await startConjur({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
    await conjur.load(PEERS);
    const answer = await conjur.ask('GET', '/authn/default/api_key?role=host:green', { as: 'host/blue' });
    expect(answer.json()).toEqual({ role: 'default:host:green', timestamp: '2026-01-02T03:04:05Z' });
    expect((await conjur.ask('GET', '/authn/default/api_key', { as: 'host/blue' })).status).toBe(401);
    expect((await conjur.ask('GET', '/authn/default/api_key', basic(conjur, 'host/blue'))).status).toBe(200);
    expect((await conjur.ask('GET', '/authn/default/api_key', { as: null })).status).toBe(401);
  });
});

describe('a password', () => {
  it('serves to log in as well as the api key, once it is strong and set', async () => {
    const conjur = await startConjur();
    await conjur.load(PEERS);
    const set = (password: string, login = 'alice') =>
      conjur.ask('PUT', '/authn/default/password', { ...basic(conjur, login), body: password });
    expect((await set('short')).text).toContain('CONJ00046E');
    expect((await set('Long-Enough-Password-1', 'host/blue')).status).toBe(403);
    expect((await set('Long-Enough-Password-1')).status).toBe(204);
    const login = await conjur.ask('GET', '/authn/default/login', basic(conjur, 'alice', 'Long-Enough-Password-1'));
    expect(login.text).toBe(conjur.keys.get('alice'));
    expect(
      (await conjur.ask('GET', '/authn/default/login', basic(conjur, 'alice', 'Long-Enough-Password-2'))).status,
    ).toBe(401);
  });
});

describe('an access token', () => {
  it('has parts that are padded base64url, and is good with the padding and without', async () => {
    const conjur = await startConjur();
    const login = { as: null, body: conjur.conjur.adminApiKey };
    const answer = await conjur.ask('POST', '/authn/default/admin/authenticate', login);
    const token = answer.json<Record<string, string>>();
    for (const part of Object.values(token)) expect(part).toMatch(/^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/);
    expect(Object.values(token).join('')).toContain('=');
    const bare = Object.fromEntries(Object.entries(token).map(([name, part]) => [name, part.replace(/=+$/, '')]));
    for (const shape of [token, bare]) {
      const text = Buffer.from(JSON.stringify(shape)).toString('base64');
      const headers = { authorization: `Token token="${text}"` };
      expect((await conjur.ask('GET', '/whoami', { as: null, headers })).status).toBe(200);
    }
  });

  it('has the parts that Conjur gives it and lives as long as the setting says', async () => {
    let now = Date.UTC(2026, 0, 1);
    const conjur = await startConjur({ tokenTtlSeconds: 60, now: () => now });
    const token = JSON.parse(Buffer.from(await conjur.tokenOf('admin'), 'base64').toString());
    const payload = JSON.parse(Buffer.from(token.payload, 'base64url').toString());
    expect(payload).toEqual({ iat: now / 1000, exp: now / 1000 + 60, sub: 'admin' });
    now += 59_999;
    expect((await conjur.ask('GET', '/whoami')).status).toBe(200);
    now += 1;
    const late = await conjur.ask('GET', '/whoami');
    expect([late.status, late.text, late.headers['content-type']]).toEqual([
      401,
      'Unauthorized: Invalid token',
      'text/plain',
    ]);
  });

  it('may live for no time at all', async () => {
    const conjur = await startConjur({ tokenTtlSeconds: 0 });
    expect((await conjur.ask('GET', '/whoami')).status).toBe(401);
  });

  it('is refused when anything in it is altered, or another server has signed it', async () => {
    const conjur = await startConjur();
    const other = await startConjur();
    const token = JSON.parse(Buffer.from(await conjur.tokenOf('admin'), 'base64').toString());
    const payload = Buffer.from(JSON.stringify({ iat: 1, exp: 9_999_999_999, sub: 'admin' })).toString('base64url');
    const forged = [{ ...token, payload }, { ...token, signature: 'AAAA' }, {}, [], 7];
    const encoded = [
      ...forged.map((part) => Buffer.from(JSON.stringify(part)).toString('base64')),
      await other.tokenOf('admin'),
    ];
    for (const text of encoded) {
      const headers = { authorization: `Token token="${text}"` };
      const answer = await conjur.ask('GET', '/whoami', { as: null, headers });
      expect([answer.status, answer.text]).toEqual([401, 'Unauthorized: Invalid token']);
    }
  });

  it.each([
    ['Bearer abc', 'Authorization missing'],
    ["Token token='abc'", 'Authorization missing'],
    ['token token="abc"', 'Authorization missing'],
    ['Token token=""', 'Malformed authorization token'],
    ['Token token="%%%"', 'Malformed authorization token'],
  ])('is missed or malformed in the header %s', async (authorization, text) => {
    const conjur = await startConjur();
    const answer = await conjur.ask('GET', '/whoami', { as: null, headers: { authorization } });
    expect([answer.status, answer.text]).toEqual([401, text]);
  });

  it('may hold line breaks, as tools that wrap base64 make them', async () => {
    const conjur = await startConjur();
    const token = (await conjur.tokenOf('admin')).replace(/.{60}/g, '$& ');
    const headers = { authorization: `Token token="${token}"` };
    expect((await conjur.ask('GET', '/whoami', { as: null, headers })).status).toBe(200);
  });
});

describe('a request', () => {
  it('is told to whoever counts, once, with the login behind it', async () => {
    const seen: unknown[] = [];
    const conjur = await startConjur({ onRequest: (request) => seen.push(request) });
    await conjur.ask('GET', '/whoami?x=%2F', { as: 'admin' });
    await conjur.ask('GET', '/nothing', { as: null });
    expect(seen).toEqual([
      { method: 'POST', path: '/authn/default/admin/authenticate', login: 'admin' },
      { method: 'GET', path: '/whoami?x=%2F', login: 'admin' },
      { method: 'GET', path: '/nothing' },
    ]);
  });

  it('to log in that is refused is explained in the log, and not to the client', async () => {
    const lines: string[] = [];
    const conjur = await startConjur({ log: (line) => lines.push(line) });
    const answer = await conjur.ask('POST', '/authn/default/admin/authenticate', { as: null, body: 'a-wrong-key' });
    expect([answer.status, answer.text]).toEqual([401, '']);
    expect(lines).toEqual(['authn: login refused: wrong login or api key of admin']);
  });
});
