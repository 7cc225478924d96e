import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import type { AuthenticatorType, AuthOptions } from '../../../../lib/auth/auth-options.ts';
import { type ConjurClient, type ConjurClientDeps, createConjurClient } from '../../../../lib/client.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { AUTHENTICATOR_TYPES } from '../../../../lib/options.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../../../support/certificates.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';
import { authenticatorPolicy } from './authenticator-policy.ts';

const ROLE = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE11',
  secretAccessKey: 'made-up-secret-access-key',
  sessionToken: 'made-up',
  accountId: '123456789012',
  roleName: 'my-role',
};
const AZURE = {
  'authn-azure/subscription-id': '00000000-0000-4000-8000-00000000000b',
  'authn-azure/resource-group': 'local-group',
};
const AZURE_ISSUER = 'https://sts.windows.net/00000000-0000-4000-8000-00000000000a/';
const OIDC_ISSUER = 'https://id.example';
const POLICY = [
  authenticatorPolicy('authn-jwt/ci', [{ id: 'ci', annotations: { 'authn-jwt/ci/project': '42' } }]),
  authenticatorPolicy('authn-iam/prod', [{ id: `aws/${ROLE.accountId}/${ROLE.roleName}` }]),
  authenticatorPolicy('authn-cert/mesh', [{ id: 'mesh', annotations: { 'authn-cert/mesh/cn': 'mesh' } }]),
  authenticatorPolicy('authn-azure/prod', [{ id: 'azure', annotations: AZURE }], ['provider-uri']),
  authenticatorPolicy('authn-gcp', [{ id: 'gcp', annotations: { 'authn-gcp/project-id': 'local-project' } }]),
  authenticatorPolicy('authn-ldap/work', []),
  authenticatorPolicy('authn-oidc/id', [], ['provider-uri', 'id-token-user-property']),
  '- !user alice',
  '- !grant { role: !group conjur/authn-ldap/work/apps, member: !user alice }',
  '- !grant { role: !group conjur/authn-oidc/id/apps, member: !user alice }',
].join('\n');

const CONDITIONS = ['right', 'wrong', 'expired', 'service not enabled', 'metadata silent', 'host unknown'] as const;
type Condition = (typeof CONDITIONS)[number];

/** How a client is set up for one cell of the table. */
interface Setup {
  readonly auth: AuthOptions;
  readonly shows?: IssuedCertificate;
  readonly deps?: ConjurClientDeps;
}

/** A way to log in: whom it is, and how each condition is brought about. What is missing cannot happen to it. */
interface Row {
  readonly login: string;
  /** What an advice must name. */
  readonly advice: RegExp;
  readonly setups: Partial<Record<Condition, () => Setup | Promise<Setup>>>;
}

let directory: string;
let conjur: LocalConjur;
let authority: Awaited<ReturnType<typeof createCertificateAuthority>>;
let admin: ConjurClient;
let client: IssuedCertificate;
let silent: Awaited<ReturnType<typeof serveOnLoopback>>;
let expiredCloud: Awaited<ReturnType<typeof serveOnLoopback>>;
let sign: (claims: Record<string, unknown>, expires?: string) => Promise<string>;
let rows: Record<AuthenticatorType, Row>;
const cells: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'authenticators-'));
  authority = await createCertificateAuthority('local CA');
  const server = await authority.issueServer({ hosts: ['127.0.0.1'] });
  client = await authority.issueClient({ commonName: 'mesh' });
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  sign = (claims, expires = '10m') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setIssuedAt().setExpirationTime(expires).sign(privateKey);
  conjur = await createLocalConjur({
    policyLoadMs: 0,
    tls: { ...server, clientCa: authority.cert, clientCertificates: 'optional' },
    iam: { credentials: [ROLE] },
    jwt: { jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] } },
    ldap: { passwords: { alice: 'the password' } },
    metadata: {},
  });
  admin = connect({ auth: { type: 'api-key', apiKey: conjur.adminApiKey } });
  await admin.loadPolicy('root', POLICY);
  await admin.writeSecrets([
    { name: 'conjur/authn-azure/prod/provider-uri', value: AZURE_ISSUER },
    { name: 'conjur/authn-oidc/id/provider-uri', value: OIDC_ISSUER },
    { name: 'conjur/authn-oidc/id/id-token-user-property', value: 'email' },
  ]);
  silent = await serveOnLoopback(() => undefined);
  expiredCloud = await serveOnLoopback(async ({ url = '' }, response) => {
    const isAzure = url.startsWith('/metadata');
    const ofAzure = { iss: AZURE_ISSUER, oid: 'x', xms_mirid: '/subscriptions/a/resourcegroups/b/providers/c/d/e' };
    const ofGoogle = { iss: 'https://accounts.google.com', aud: 'conjur/default/host/gcp', sub: '1' };
    const token = await sign(isAzure ? ofAzure : ofGoogle, '-1m');
    response.end(isAzure ? JSON.stringify({ access_token: token }) : token);
  });
  rows = createRows();
}, 60_000);

afterAll(async () => {
  await Promise.all([admin.close(), silent[Symbol.asyncDispose](), expiredCloud[Symbol.asyncDispose]()]);
  await conjur.close();
  rmSync(directory, { recursive: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function connect({ auth, shows, deps = {} }: Setup): ConjurClient {
  const tls = { ca: authority.cert, ...(shows && { clientCert: shows.cert, clientKey: shows.key }) };
  return createConjurClient({ baseUrl: conjur.url, auth, tls, maxAttempts: 1 }, deps);
}

/** The session token of a role, in a file as a sidecar leaves it. */
async function tokenFile(life: number): Promise<string> {
  const path = join(directory, `token-${life}`);
  const now = () => systemClock.now() - (480 - life) * 1_000;
  const other = await createLocalConjur({ adminApiKey: 'key', tokenTtlSeconds: 480, now });
  const response = await fetch(`${other.url}/authn/default/admin/authenticate`, { method: 'POST', body: 'key' });
  writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  await other.close();
  return path;
}

function createRows(): Record<AuthenticatorType, Row> {
  const metadataUrl = conjur.metadataUrl ?? '';
  const iam = {
    type: 'iam',
    serviceId: 'prod',
    region: 'eu-central-1',
    login: `host/aws/${ROLE.accountId}/${ROLE.roleName}`,
  } as const;
  const cert = { type: 'cert', serviceId: 'mesh', login: 'host/mesh' } as const;
  const azure = { type: 'azure', serviceId: 'prod', login: 'host/azure', metadataUrl } as const;
  const gcp = { type: 'gcp', login: 'host/gcp', metadataUrl } as const;
  const ldap = { type: 'ldap', serviceId: 'work', login: 'alice', password: 'the password' } as const;
  const jwt = async (claims = { project: '42' }, expires?: string): Promise<AuthOptions> => ({
    type: 'jwt',
    serviceId: 'ci',
    login: 'host/ci',
    jwt: await sign(claims, expires),
  });
  const oidc = async (email = 'alice', expires?: string): Promise<AuthOptions> => ({
    type: 'oidc',
    serviceId: 'id',
    idToken: await sign({ iss: OIDC_ISSUER, email }, expires),
  });
  return {
    'api-key': {
      login: 'admin',
      advice: /auth\.login .* auth\.apiKey/,
      setups: {
        right: () => ({ auth: { type: 'api-key', apiKey: conjur.adminApiKey } }),
        wrong: () => ({ auth: { type: 'api-key', apiKey: 'wrong' } }),
        'host unknown': () => ({ auth: { type: 'api-key', login: 'host/nobody', apiKey: conjur.adminApiKey } }),
      },
    },
    jwt: {
      login: 'host/ci',
      advice: /auth\.jwt.*authn-jwt\//,
      setups: {
        right: async () => ({ auth: await jwt() }),
        wrong: async () => ({ auth: await jwt({ project: '43' }) }),
        expired: async () => ({ auth: await jwt(undefined, '-1m') }),
        'service not enabled': async () => ({ auth: { ...(await jwt()), serviceId: 'ghost' } as AuthOptions }),
        'host unknown': async () => ({ auth: { ...(await jwt()), login: 'host/nobody' } as AuthOptions }),
      },
    },
    iam: {
      login: iam.login,
      advice: /auth\.login .*authn-iam\/.*auth\.sts/,
      setups: {
        right: () => ({ auth: iam }),
        wrong: () => {
          vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
          return { auth: iam };
        },
        expired: () => ({ auth: iam, deps: { clock: { ...systemClock, now: () => systemClock.now() - 3_600_000 } } }),
        'service not enabled': () => ({ auth: { ...iam, serviceId: 'ghost' } }),
        'host unknown': () => ({ auth: { ...iam, login: `host/nobody/${ROLE.accountId}/${ROLE.roleName}` } }),
      },
    },
    cert: {
      login: 'host/mesh',
      advice: /tls\.clientCert.*authn-cert\//,
      setups: {
        right: () => ({ auth: cert, shows: client }),
        wrong: async () => ({ auth: cert, shows: await authority.issueClient({ commonName: 'another' }) }),
        expired: async () => {
          const notAfter = new Date(Date.now() - 60_000);
          return { auth: cert, shows: await authority.issueClient({ commonName: 'mesh', notAfter }) };
        },
        'service not enabled': () => ({ auth: { ...cert, serviceId: 'ghost' }, shows: client }),
        'host unknown': () => ({ auth: { ...cert, login: 'host/nobody' }, shows: client }),
      },
    },
    azure: {
      login: 'host/azure',
      advice: /auth\.login .*authn-azure\/|Azure's metadata service/,
      setups: {
        right: () => ({ auth: azure }),
        wrong: () => ({ auth: { ...azure, clientId: '00000000-0000-4000-8000-00000000000d', login: 'host/gcp' } }),
        expired: () => ({ auth: { ...azure, metadataUrl: expiredCloud.url } }),
        'service not enabled': () => ({ auth: { ...azure, serviceId: 'ghost' } }),
        'metadata silent': () => ({ auth: { ...azure, metadataUrl: silent.url } }),
        'host unknown': () => ({ auth: { ...azure, login: 'host/nobody' } }),
      },
    },
    gcp: {
      login: 'host/gcp',
      advice: /auth\.login .*authn-gcp|Google Cloud's metadata service/,
      setups: {
        right: () => ({ auth: gcp }),
        wrong: () => ({ auth: { ...gcp, login: 'host/azure' } }),
        expired: () => ({ auth: { ...gcp, metadataUrl: expiredCloud.url } }),
        'service not enabled': async () => {
          await enable('authn-gcp', false);
          return { auth: gcp };
        },
        'metadata silent': () => ({ auth: { ...gcp, metadataUrl: silent.url } }),
        'host unknown': () => ({ auth: { ...gcp, login: 'host/nobody' } }),
      },
    },
    ldap: {
      login: 'alice',
      advice: /auth\.password .*authn-ldap\//,
      setups: {
        right: () => ({ auth: ldap }),
        wrong: () => ({ auth: { ...ldap, password: 'wrong' } }),
        'service not enabled': () => ({ auth: { ...ldap, serviceId: 'ghost' } }),
        'host unknown': () => ({ auth: { ...ldap, login: 'nobody' } }),
      },
    },
    oidc: {
      login: 'alice',
      advice: /auth\.idToken.*authn-oidc\/.*1\.26\.1/,
      setups: {
        right: async () => ({ auth: await oidc() }),
        wrong: () => ({ auth: { type: 'oidc', serviceId: 'id', idToken: 'no.jwt.atall' } }),
        expired: async () => ({ auth: await oidc('alice', '-1m') }),
        'service not enabled': async () => ({ auth: { ...(await oidc()), serviceId: 'ghost' } as AuthOptions }),
        'host unknown': async () => ({ auth: await oidc('nobody') }),
      },
    },
    'token-file': {
      login: 'admin',
      advice: /auth\.tokenFile/,
      setups: {
        right: async () => {
          const tokenFile = join(directory, 'token');
          writeFileSync(tokenFile, await adminToken());
          return { auth: { type: 'token-file', tokenFile } };
        },
        wrong: async () => ({ auth: { type: 'token-file', tokenFile: await tokenFile(480) } }),
        expired: async () => ({ auth: { type: 'token-file', tokenFile: await tokenFile(-60) } }),
      },
    },
  };
}

/** Sends what the client has no call for. */
async function ask(method: 'POST' | 'PATCH', path: string, body: string, headers: Record<string, string> = {}) {
  const dispatcher = new Agent({ connect: { ca: authority.cert } });
  const answer = await request(`${conjur.url}${path}`, { method, body, headers, dispatcher });
  const text = await answer.body.text();
  await dispatcher.close();
  return { status: answer.statusCode, text };
}

/** The access token of the admin, as the server gives it. */
async function adminToken(): Promise<string> {
  return (await ask('POST', '/authn/default/admin/authenticate', conjur.adminApiKey)).text;
}

async function enable(service: string, enabled: boolean): Promise<void> {
  const authorization = `Token token="${Buffer.from(await adminToken()).toString('base64')}"`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  expect((await ask('PATCH', `/${service}/default`, `enabled=${enabled}`, headers)).status).toBe(204);
}

const TABLE = AUTHENTICATOR_TYPES.flatMap((type) => CONDITIONS.map((condition) => [type, condition] as const));

describe('each way to log in', () => {
  it.each(TABLE)('%s, %s', async (type, condition) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ROLE.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', ROLE.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', ROLE.sessionToken);
    vi.stubEnv('AWS_PROFILE', undefined);
    const { login, advice, setups } = rows[type];
    const setup = await setups[condition]?.();
    if (setup === undefined) {
      cells.push('cannot happen');
      return;
    }
    const logging = connect(setup);
    const outcome: unknown = await logging.whoami().catch((error: unknown) => error);
    await logging.close();
    if (type === 'gcp' && condition === 'service not enabled') await enable('authn-gcp', true);
    if (condition === 'right') {
      expect(outcome).toMatchObject({ login });
      cells.push('logged in');
      return;
    }
    const code = condition === 'metadata silent' ? 'upstream_unavailable' : 'authentication_failed';
    expect(outcome).toMatchObject({ code });
    if (!ConjurError.is(outcome)) throw outcome;
    // A token that another Conjur has signed is found out by the first request, not by a login.
    if (type !== 'token-file' || condition !== 'wrong') expect(outcome.message).toMatch(advice);
    cells.push(code);
  });

  it('stands in the table with every condition that can happen to it', () => {
    const counts: Record<string, number> = {};
    for (const cell of cells) counts[cell] = (counts[cell] ?? 0) + 1;
    expect(counts).toEqual({
      'logged in': 9,
      authentication_failed: 31,
      upstream_unavailable: 2,
      'cannot happen': 12,
    });
  });
});
