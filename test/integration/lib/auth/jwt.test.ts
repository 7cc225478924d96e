import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MovableClock } from '../movable-clock.ts';
import { startClient } from '../start-client.ts';
import { authenticatorPolicy } from './authenticator-policy.ts';

let privateKey: CryptoKey;
let jwks: JSONWebKeySet;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  privateKey = pair.privateKey;
  jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }] };
});

function sign(claims: Record<string, string>, expires: string | number = '5m', key = privateKey): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
}

const NAMED = { CYBERARK_AUTHN_SERVICE_ID: 'ci', CYBERARK_USERNAME: 'host/ci' };

async function start() {
  const started = await startClient({ jwt: { jwks } });
  const hosts = [{ id: 'ci', annotations: { 'authn-jwt/ci/project': '42' } }];
  await started.admin.loadPolicy('root', authenticatorPolicy('authn-jwt/ci', hosts, ['token-app-property']));
  return started;
}

function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'conjur-jwt-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'token');
}

describe('a JSON web token', () => {
  it('logs in the host that the settings name', async () => {
    const { connect } = await start();
    const conjur = connect({ ...NAMED, CYBERARK_AUTHN_JWT: await sign({ project: '42' }) });
    expect((await conjur.whoami()).login).toBe('host/ci');
  });

  it('logs in the host that the token itself names', async () => {
    const { admin, connect } = await start();
    await admin.writeSecret('conjur/authn-jwt/ci/token-app-property', 'host');
    const environment = {
      CYBERARK_AUTHN_SERVICE_ID: 'ci',
      CYBERARK_AUTHN_JWT: await sign({ project: '42', host: 'ci' }),
    };
    expect((await connect(environment).whoami()).login).toBe('host/ci');
  });

  it('is read anew from its file at each authentication', async () => {
    const { connect } = await start();
    const file = temporaryFile();
    const clock = new MovableClock();
    writeFileSync(file, `${await sign({ project: '42' })}\n`);
    const conjur = connect({ ...NAMED, CYBERARK_AUTHN_JWT_FILE: file }, { clock });
    expect((await conjur.whoami()).login).toBe('host/ci');
    writeFileSync(file, await sign({ project: 'another' }));
    clock.move(480_000);
    await expect(conjur.whoami()).rejects.toMatchObject({ code: 'authentication_failed' });
    writeFileSync(file, await sign({ project: '42' }));
    expect((await conjur.whoami()).login).toBe('host/ci');
  });

  it('that is expired fails and says so', async () => {
    const { connect } = await start();
    const jwt = await sign({ project: '42' }, Math.floor(Date.now() / 1000) - 60);
    const error = await connect({ ...NAMED, CYBERARK_AUTHN_JWT: jwt })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/token has expired \(CONJ00016E\).*CYBERARK_AUTHN_JWT.*authn-jwt\/ci/);
    expect((error as Error).message).not.toContain(jwt.split('.')[2]);
  });

  it('that another key signed fails with what to check', async () => {
    const { connect } = await start();
    const { privateKey: other } = await generateKeyPair('ES256');
    const conjur = connect({ ...NAMED, CYBERARK_AUTHN_JWT: await sign({ project: '42' }, '5m', other) });
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/jwt.*issuer and audience.*CYBERARK_USERNAME/);
  });

  it('whose file is gone fails with the name of the file', async () => {
    const { connect } = await start();
    const file = temporaryFile();
    const error = await connect({ ...NAMED, CYBERARK_AUTHN_JWT_FILE: file })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toContain(file);
  });
});
