import { describe, expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const POLICY = `
- !policy
  id: conjur/authn-jwt/ci
  body:
  - !webservice
  - !webservice status
  - !variable issuer
- !policy { id: conjur/authn-iam/prod, body: [ !webservice ] }
- !host stranger
- !host looking
- !permit { role: !host looking, privileges: [ read ], resource: !webservice conjur/authn-jwt/ci }
`;

async function start() {
  const conjur = await startConjur();
  await conjur.load(POLICY);
  return conjur;
}

describe('an authenticator service', () => {
  it.each(['/authn-jwt/ci/default', '/authn-jwt%2Fci/default'])('is switched off and on: %s', async (path) => {
    const conjur = await start();
    const enabled = async () => (await conjur.ask('GET', '/authenticators')).json<{ enabled: string[] }>().enabled;
    expect(await enabled()).toContain('authn-jwt/ci');
    expect((await conjur.ask('PATCH', path, { body: 'enabled=false' })).status).toBe(204);
    expect(await enabled()).not.toContain('authn-jwt/ci');
    expect((await conjur.ask('PATCH', path, { body: 'enabled=true' })).status).toBe(204);
    expect(await enabled()).toContain('authn-jwt/ci');
  });

  it('is listed without its status, which is a webservice too', async () => {
    const conjur = await start();
    const { configured } = (await conjur.ask('GET', '/authenticators')).json<{ configured: string[] }>();
    expect(configured).toEqual(['authn', 'authn-iam/prod', 'authn-jwt/ci']);
  });

  it('is off until it is switched on, where the server is told so', async () => {
    const lines: string[] = [];
    const conjur = await startConjur({ authenticatorsByDefault: false, log: (line) => lines.push(line) });
    await conjur.load(POLICY);
    const enabled = async () => (await conjur.ask('GET', '/authenticators')).json<{ enabled: string[] }>().enabled;
    expect(await enabled()).toEqual(['authn']);
    const logIn = () => conjur.ask('POST', '/authn-jwt/ci/default/authenticate', { as: null, body: 'jwt=x' });
    expect((await logIn()).status).toBe(401);
    expect(lines.at(-1)).toContain('switched off');
    await conjur.ask('PATCH', '/authn-jwt/ci/default', { body: 'enabled=true' });
    expect(await enabled()).toEqual(['authn', 'authn-jwt/ci']);
    await logIn();
    expect(lines.at(-1)).not.toContain('switched off');
  });

  it('of OpenID Connect names no provider, as none is asked', async () => {
    const conjur = await start();
    expect((await conjur.ask('GET', '/authn-oidc/default/providers', { as: null })).json()).toEqual([]);
  });

  it('that is off refuses a login', async () => {
    const lines: string[] = [];
    const conjur = await startConjur({ log: (line) => lines.push(line) });
    await conjur.load(POLICY);
    await conjur.ask('PATCH', '/authn-jwt/ci/default', { body: 'enabled=false' });
    const login = await conjur.ask('POST', '/authn-jwt/ci/default/authenticate', { as: null, body: 'jwt=x' });
    expect(login.status).toBe(401);
    expect(lines.join()).toContain('switched off');
  });

  it.each([
    ['one that is not there', '/authn-jwt/ghost/default', 'admin', 401],
    ['who may not', '/authn-jwt/ci/default', 'host/looking', 403],
  ])('is not switched: %s', async (_what, path, as, status) => {
    const conjur = await start();
    expect((await conjur.ask('PATCH', path, { body: 'enabled=false', as })).status).toBe(status);
  });
});

describe('the status of an authenticator service', () => {
  it('tells what is missing, then that it is off, then ok', async () => {
    const conjur = await start();
    const ask = () => conjur.ask('GET', '/authn-jwt/ci/default/status');
    const missing = await ask();
    expect(missing.status).toBe(500);
    expect(missing.json()).toEqual({
      status: 'error',
      error:
        '#<Errors::Conjur::RequiredSecretMissing: CONJ00037E Missing value for resource: default:variable:conjur/authn-jwt/ci/issuer>',
    });
    await conjur.ask('POST', '/secrets/default/variable/conjur%2Fauthn-jwt%2Fci%2Fissuer', { body: 'https://issuer' });
    await conjur.ask('PATCH', '/authn-jwt/ci/default', { body: 'enabled=false' });
    expect((await ask()).json<{ error: string }>().error).toContain("CONJ00004E 'authn-jwt/ci' is not enabled");
    await conjur.ask('PATCH', '/authn-jwt/ci/default', { body: 'enabled=true' });
    const ok = await ask();
    expect([ok.status, ok.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    ['a service without a status', '/authn-jwt/ghost/default/status', 'admin', 404],
    ['an authenticator that does not exist', '/authn-nope/x/default/status', 'admin', 404],
    ['an authenticator that has none', '/authn-iam/prod/default/status', 'admin', 501],
    ['who may not read it', '/authn-jwt/ci/default/status', 'host/looking', 403],
  ])('is refused for %s', async (_what, path, as, status) => {
    const conjur = await start();
    expect((await conjur.ask('GET', path, { as })).status).toBe(status);
  });
});

describe('the status page', () => {
  it('names the version, as JSON and as HTML', async () => {
    const conjur = await startConjur({ serverVersion: '1.27.1' });
    const json = await conjur.ask('GET', '/', { as: null, headers: { accept: 'application/json' } });
    expect(json.json()).toEqual({ version: '1.27.1-1' });
    expect((await conjur.ask('GET', '/', { as: null })).text).toContain('<dd>Version 1.27.1-1</dd>');
  });

  it.each(['1.20', 'one', '1.24.0-5'])('cannot name %s', async (serverVersion) => {
    await expect(startConjur({ serverVersion })).rejects.toThrow('serverVersion must be a version from 1.21');
  });
});
