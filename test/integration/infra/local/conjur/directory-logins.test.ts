import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const LDAP = `
- !policy
  id: conjur/authn-ldap/work
  body:
  - !webservice
  - !group people
  - !permit { role: !group people, privileges: [ read, authenticate ], resource: !webservice }
- !user alice
- !user bob
- !grant { role: !group conjur/authn-ldap/work/people, members: [ !user alice, !user admin ] }
`;

async function startDirectory() {
  const log: string[] = [];
  const ldap = { passwords: { alice: 'pässword of alice', bob: 'of bob', admin: 'of admin' } };
  const conjur = await startConjur({ ldap, log: (line) => log.push(line) });
  await conjur.load(LDAP);
  const logIn = (user: string, body: string, service = 'work') =>
    conjur.ask('POST', `/authn-ldap/${service}/default/${user}/authenticate`, { as: null, body });
  return { ...conjur, log, logIn };
}

describe('authn-ldap', () => {
  it('takes the password of the table, and the api key that a login gives for it', async () => {
    const conjur = await startDirectory();
    expect((await conjur.logIn('alice', 'pässword of alice')).status).toBe(200);
    const basic = Buffer.from('alice:pässword of alice').toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    const login = await conjur.ask('GET', '/authn-ldap/work/default/login', { as: null, headers });
    expect([login.status, login.text]).toEqual([200, conjur.keys.get('alice')]);
    expect((await conjur.logIn('alice', login.text)).status).toBe(200);
  });

  it.each([
    ['a wrong password', 'alice', 'wrong', 'wrong password'],
    ['who may not authenticate', 'bob', 'of bob', 'does not have the privilege authenticate'],
    ['the admin', 'admin', 'of admin', 'admin may not log in this way'],
    ['who is no user of Conjur', 'carol', 'x', 'does not exist'],
  ])('refuses %s', async (_what, user, password, reason) => {
    const conjur = await startDirectory();
    expect((await conjur.logIn(user, password)).status).toBe(401);
    expect(conjur.log.join()).toContain(reason);
  });

  it('refuses an empty password, a service that there is not, and a login without one', async () => {
    const conjur = await startDirectory();
    expect((await conjur.logIn('alice', '')).status).toBe(400);
    expect((await conjur.logIn('alice', 'pässword of alice', 'ghost')).status).toBe(401);
    expect((await conjur.ask('GET', '/authn-ldap/work/default/login', { as: null })).status).toBe(401);
  });

  it('knows nobody without a table', async () => {
    const conjur = await startConjur();
    await conjur.load(LDAP);
    const login = conjur.ask('POST', '/authn-ldap/work/default/alice/authenticate', { as: null, body: 'of alice' });
    expect((await login).status).toBe(401);
  });
});

const OIDC = `
- !policy
  id: conjur/authn-oidc/id
  body:
  - !webservice
  - !variable provider-uri
  - !variable id-token-user-property
  - !group people
  - !permit { role: !group people, privileges: [ read, authenticate ], resource: !webservice }
- !user alice
- !grant { role: !group conjur/authn-oidc/id/people, member: !user alice }
`;

async function startProvider(serverVersion = '1.24.0') {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256' }] };
  const conjur = await startConjur({ jwt: { jwks }, serverVersion });
  await conjur.load(OIDC);
  const values = { 'provider-uri': 'https://id.example', 'id-token-user-property': 'preferred_username' };
  for (const [name, body] of Object.entries(values))
    await conjur.ask('POST', `/secrets/default/variable/${encodeURIComponent(`conjur/authn-oidc/id/${name}`)}`, {
      body,
    });
  const sign = (claims: Record<string, unknown>, seconds = 60) =>
    new SignJWT({ iss: 'https://id.example', exp: Math.floor(Date.now() / 1000) + seconds, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
  const logIn = (id_token: string) =>
    conjur.ask('POST', '/authn-oidc/id/default/authenticate', {
      as: null,
      body: new URLSearchParams({ id_token }).toString(),
    });
  return { conjur, sign, logIn };
}

describe('authn-oidc', () => {
  it('takes an id token of the provider, whose property names the user', async () => {
    const { sign, logIn } = await startProvider();
    expect((await logIn(await sign({ preferred_username: 'alice' }))).status).toBe(200);
  });

  it('refuses another issuer, another user, an expired token and none', async () => {
    const { sign, logIn } = await startProvider();
    expect((await logIn(await sign({ preferred_username: 'alice', iss: 'https://else.example' }))).status).toBe(401);
    expect((await logIn(await sign({ preferred_username: 'bob' }))).status).toBe(401);
    expect((await logIn(await sign({}))).status).toBe(401);
    expect((await logIn(await sign({ preferred_username: 'alice' }, -60))).text).toContain('CONJ00016E');
    expect((await logIn('')).status).toBe(400);
  });

  it('takes none since 1.26.1, where that is off by default', async () => {
    const { sign, logIn } = await startProvider('1.26.1');
    expect((await logIn(await sign({ preferred_username: 'alice' }))).status).toBe(401);
  });
});
