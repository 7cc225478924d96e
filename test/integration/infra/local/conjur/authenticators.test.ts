import { request } from 'node:https';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TestCredentials } from '../../../../../infra/local/conjur/authn/verify-sts-request.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../../../support/certificates.ts';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

/** The policy of an authenticator service with its group, and the hosts that are to log in through it. */
function service(authenticator: string, hosts: string, variables: string[] = []): string {
  return `
- !policy
  id: conjur/${authenticator}
  body:
  - !webservice
  - !group apps
  - !permit { role: !group apps, privileges: [ read, authenticate ], resource: !webservice }
${variables.map((name) => `  - !variable ${name}\n`).join('')}
- !policy
  id: apps
  body:
${hosts}
`;
}

function grant(authenticator: string, ...hosts: string[]): string {
  return hosts
    .map((host) => `- !grant { role: !group conjur/${authenticator}/apps, member: !host ${host} }\n`)
    .join('');
}

async function loginOf(conjur: ConjurUnderTest, token: Buffer): Promise<string> {
  const headers = { authorization: `Token token="${token.toString('base64')}"` };
  return (await conjur.ask('GET', '/whoami', { as: null, headers })).json<{ username: string }>().username;
}

describe('authn-jwt', () => {
  let privateKey: CryptoKey;
  let jwks: { keys: object[] };
  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] };
  });

  const sign = (claims: Record<string, unknown>, expires: string | number = '5m') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);

  async function start(variables: string[] = []) {
    const lines: string[] = [];
    const conjur = await startConjur({ jwt: { jwks: jwks as never }, log: (line) => lines.push(line) });
    const hosts = '    - !host { id: ci, annotations: { authn-jwt/ci/project: "42" } }\n    - !host stranger\n';
    await conjur.load(service('authn-jwt/ci', hosts, variables) + grant('authn-jwt/ci', 'apps/ci'));
    return { conjur, lines };
  }

  const login = (
    { ask }: ConjurUnderTest,
    jwt: string | undefined,
    path = '/authn-jwt/ci/default/host%2Fapps%2Fci/authenticate',
  ) =>
    ask('POST', path, {
      as: null,
      body: jwt === undefined ? '' : `jwt=${encodeURIComponent(jwt)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  it('lets in the host that the path names, when the claims agree with its annotations', async () => {
    const { conjur } = await start();
    const answer = await login(conjur, await sign({ project: 42 }));
    expect(answer.status).toBe(200);
    expect(await loginOf(conjur, answer.bytes)).toBe('host/apps/ci');
  });

  it('lets in the host that the token names, by the variables of the service', async () => {
    const { conjur } = await start(['token-app-property', 'identity-path', 'issuer', 'audience', 'public-keys']);
    const set = (name: string, body: string) =>
      conjur.ask('POST', `/secrets/default/variable/conjur%2Fauthn-jwt%2Fci%2F${name}`, { body });
    await set('token-app-property', 'app/name');
    await set('identity-path', 'apps/');
    await set('issuer', 'https://ci.example');
    await set('public-keys', JSON.stringify({ type: 'jwks', value: jwks }));
    const claims = { app: { name: 'ci' }, project: '42' };
    const path = '/authn-jwt/ci/default/authenticate';
    const good = await login(conjur, await sign({ ...claims, iss: 'https://ci.example' }), path);
    expect(await loginOf(conjur, good.bytes)).toBe('host/apps/ci');
    expect((await login(conjur, await sign({ ...claims, iss: 'https://other.example' }), path)).status).toBe(401);
    expect((await login(conjur, await sign({ ...claims, iss: 'https://ci.example' }))).status).toBe(401);
  });

  it.each([
    ['names the claim by its alias', 'project:repo/id', 'repo/id', { repo: { id: 42 } }, 200],
    ['names a claim that is another by alias', 'project:other', undefined, { project: 42, other: 1 }, 401],
    ['names a claim that has an alias', 'number:project', undefined, { project: 42 }, 401],
    ['lacks the alias of an enforced claim', 'number:id', 'id', { project: 42, id: 1 }, 401],
    ['meets aliases that are none', 'project', undefined, { project: 42 }, 401],
    ['meets an alias of several levels', 'a/b:project2', undefined, { project: 42 }, 401],
  ])('looks through aliases: a host that %s', async (_what, aliases, enforced, claims, status) => {
    const { conjur } = await start(['claim-aliases', 'enforced-claims']);
    const set = (name: string, body: string) =>
      conjur.ask('POST', `/secrets/default/variable/conjur%2Fauthn-jwt%2Fci%2F${name}`, { body });
    await set('claim-aliases', aliases);
    if (enforced !== undefined) await set('enforced-claims', enforced);
    expect((await login(conjur, await sign(claims))).status).toBe(status);
  });

  it('refuses a host without an annotation of the service: any token of the issuer would be that host', async () => {
    const { conjur, lines } = await start();
    await conjur.load(grant('authn-jwt/ci', 'apps/stranger'));
    const answer = await login(conjur, await sign({}), '/authn-jwt/ci/default/host%2Fapps%2Fstranger/authenticate');
    expect(answer.status).toBe(401);
    expect(lines).toEqual([expect.stringContaining('apps/stranger has no annotation of this service')]);
  });

  it('says of an expired token that it has expired, and of no token that the request is bad', async () => {
    const { conjur } = await start();
    const expired = await login(conjur, await sign({ project: '42' }, 1000));
    expect([expired.status, expired.json()]).toEqual([
      401,
      { error: { code: 'unauthorized', message: 'CONJ00016E Token expired' } },
    ]);
    expect((await login(conjur, undefined)).status).toBe(400);
  });

  it('refuses everything else without a body, and logs why', async () => {
    const { conjur, lines } = await start();
    const token = await sign({ project: '42' });
    const other = await generateKeyPair('RS256');
    const forged = await new SignJWT({ project: '42' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setExpirationTime('5m')
      .sign(other.privateKey);
    const attempts = [
      login(conjur, forged),
      login(conjur, 'not-a-token'),
      login(conjur, await sign({ project: '43' })),
      login(conjur, token, '/authn-jwt/ci/default/host%2Fapps%2Fstranger/authenticate'),
      login(conjur, token, '/authn-jwt/ci/default/host%2Fapps%2Fghost/authenticate'),
      login(conjur, token, '/authn-jwt/ci/default/authenticate'),
      login(conjur, token, '/authn-jwt/nothing/default/host%2Fapps%2Fci/authenticate'),
      login(conjur, token, '/authn-jwt/ci/elsewhere/host%2Fapps%2Fci/authenticate'),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([401, '', 'text/html']);
    }
    expect(lines).toHaveLength(attempts.length);
    expect(lines.join('\n')).toContain('default:host:apps/stranger does not have the privilege authenticate');
    expect(lines.join('\n')).not.toContain(token);
  });
});

describe('authn-iam', () => {
  const ROLE: TestCredentials = {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'a-made-up-secret',
    sessionToken: 'a-made-up-session',
    accountId: '123456789012',
    roleName: 'lambda-role',
  };
  const NOW = Date.UTC(2026, 5, 1, 12);
  const PATH = '/authn-iam/prod/default/host%2Fapps%2F123456789012%2Flambda-role/authenticate';

  async function start() {
    const lines: string[] = [];
    const conjur = await startConjur({ iam: { credentials: [ROLE] }, now: () => NOW, log: (line) => lines.push(line) });
    const hosts = '    - !host 123456789012/lambda-role\n    - !host 123456789012/other-role\n';
    await conjur.load(
      service('authn-iam/prod', hosts) +
        grant('authn-iam/prod', 'apps/123456789012/lambda-role', 'apps/123456789012/other-role'),
    );
    return { conjur, lines };
  }

  interface Signing {
    region?: string;
    host?: string;
    credentials?: TestCredentials;
    signedAtMs?: number;
    headers?: Record<string, string>;
  }

  async function sign({
    region = 'eu-west-1',
    host = `sts.${region}.amazonaws.com`,
    credentials = ROLE,
    signedAtMs = NOW,
    headers = {},
  }: Signing = {}) {
    const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Hash.bind(null, 'sha256') });
    const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    const signed = await signer.sign(
      { method: 'GET', protocol: 'https:', hostname: host, path: '/', query, headers: { host, ...headers } },
      { signingDate: new Date(signedAtMs) },
    );
    return signed.headers;
  }

  const login = ({ ask }: ConjurUnderTest, headers: unknown, path = PATH) =>
    ask('POST', path, { as: null, body: typeof headers === 'string' ? headers : JSON.stringify(headers) });

  it.each([
    ['a regional host', {}],
    ['another region', { region: 'us-east-1' }],
    ['the global host, signed for us-east-1', { region: 'us-east-1', host: 'sts.amazonaws.com' }],
    ['a signature of almost five minutes ago', { signedAtMs: NOW - 299_000 }],
  ])('lets in whoever AWS would know by the signature: %s', async (_what, signing) => {
    const { conjur } = await start();
    const answer = await login(conjur, await sign(signing));
    expect(answer.status).toBe(200);
    expect(await loginOf(conjur, answer.bytes)).toBe('host/apps/123456789012/lambda-role');
  });

  it.each([
    ['a wrong secret', { credentials: { ...ROLE, secretAccessKey: 'wrong' } }, 'the signature does not match'],
    ['an unknown key', { credentials: { ...ROLE, accessKeyId: 'ASIAOTHER' } }, 'the access key id is not known'],
    [
      'a wrong session',
      { credentials: { ...ROLE, sessionToken: 'wrong' } },
      'the session token is missing or not the one',
    ],
    ['an old signature', { signedAtMs: NOW - 301_000 }, 'more than 5 minutes off'],
    ['a signature of the future', { signedAtMs: NOW + 301_000 }, 'more than 5 minutes off'],
    ['a further signed header', { headers: { 'x-custom': '1' } }, 'the header x-custom may not be signed'],
    ['the global host with another region', { host: 'sts.amazonaws.com' }, 'us-east-1 only'],
    ['a host that is not of AWS', { host: 'sts.eu-west-1.amazonaws.com.evil.example' }, 'is not the STS of the region'],
  ] satisfies [string, Signing, string][])('refuses %s', async (_what, signing, reason) => {
    const { conjur, lines } = await start();
    const answer = await login(conjur, await sign(signing));
    expect([answer.status, answer.text]).toEqual([401, '']);
    expect(lines.join()).toContain(reason);
    expect(lines.join()).not.toContain('secret');
  });

  it('refuses a login that does not end in the account and role of the signer', async () => {
    const { conjur } = await start();
    const headers = await sign();
    expect((await login(conjur, headers, PATH.replace('lambda-role', 'other-role'))).status).toBe(401);
    expect((await login(conjur, headers, PATH.replace('123456789012', '123456789013'))).status).toBe(401);
    expect((await login(conjur, headers, PATH.replace('lambda-role', 'Lambda-Role'))).status).toBe(401);
  });

  it('refuses headers that were altered, left out or are no JSON object', async () => {
    const { conjur } = await start();
    const headers = await sign();
    const { 'x-amz-date': _, ...incomplete } = headers;
    for (const altered of [{ ...headers, 'x-amz-date': '20260601T120001Z' }, incomplete, [], 'x', '{"host": 1}', '']) {
      expect((await login(conjur, altered)).status).toBe(401);
    }
  });
});

describe('authn-cert and TLS', () => {
  let ca: CertificateAuthority;
  let foreignCa: CertificateAuthority;
  let server: IssuedCertificate;
  let client: IssuedCertificate;
  let foreign: IssuedCertificate;
  beforeAll(async () => {
    ca = await createCertificateAuthority('Test CA');
    foreignCa = await createCertificateAuthority('Foreign CA');
    server = await ca.issueServer({ hosts: ['127.0.0.1'] });
    client = await ca.issueClient({ commonName: 'vm', uri: 'spiffe://example.org/vm' });
    foreign = await foreignCa.issueClient({ commonName: 'vm', uri: 'spiffe://example.org/vm' });
  });

  function post(
    url: string,
    path: string,
    shown: IssuedCertificate | undefined,
    body = '',
  ): Promise<{ status: number; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${url}${path}`,
        { method: 'POST', ca: ca.cert, agent: false, ...shown },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** The server speaks TLS; its policies are loaded over a connection that shows the client certificate. */
  async function start(
    clientCertificates: 'required' | 'authn' | 'optional',
    policy = '',
    values: Record<string, string> = {},
  ) {
    const lines: string[] = [];
    const conjur = await startConjur({
      tls: { ...server, clientCa: ca.cert, clientCertificates },
      log: (line) => lines.push(line),
    });
    const { url, adminApiKey } = conjur.conjur;
    const login = await post(url, '/authn/default/admin/authenticate', client, adminApiKey);
    const authorization = `Token token="${login.body.toString('base64')}"`;
    const send = (method: string, path: string, body: string) =>
      new Promise<number>((resolve, reject) => {
        const options = { method, ca: ca.cert, agent: false as const, ...client, headers: { authorization } };
        const outgoing = request(`${url}${path}`, options, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        });
        outgoing.on('error', reject).end(body);
      });
    if (policy !== '') expect(await send('POST', '/policies/default/policy/root', policy)).toBe(201);
    for (const [id, value] of Object.entries(values)) {
      expect(await send('POST', `/secrets/default/variable/${encodeURIComponent(id)}`, value)).toBe(201);
    }
    return { url, adminApiKey, lines };
  }

  it('lets no client past the handshake without a certificate of the CA, where it is required', async () => {
    const { url, adminApiKey } = await start('required');
    const path = '/authn/default/admin/authenticate';
    expect((await post(url, path, client, adminApiKey)).status).toBe(200);
    await expect(post(url, path, undefined, adminApiKey)).rejects.toThrow();
    await expect(post(url, path, foreign, adminApiKey)).rejects.toThrow();
  });

  it('asks for certificate and api key together in front of the plain route, where it is set so', async () => {
    const { url, adminApiKey } = await start('authn');
    const path = '/authn/default/admin/authenticate';
    expect((await post(url, path, client, adminApiKey)).status).toBe(200);
    expect((await post(url, path, client, 'wrong')).status).toBe(401);
    expect((await post(url, path, undefined, adminApiKey)).status).toBe(401);
    expect((await post(url, path, foreign, adminApiKey)).status).toBe(401);
  });

  it('leaves the plain route alone where certificates are optional', async () => {
    const { url, adminApiKey } = await start('optional');
    expect((await post(url, '/authn/default/admin/authenticate', undefined, adminApiKey)).status).toBe(200);
  });

  const HOSTS = `
    - !host { id: vm, annotations: { authn-cert/prod/san-uri: spiffe://example.org/vm } }
    - !host { id: by-name, annotations: { authn-cert/cn: vm } }
    - !host { id: other, annotations: { authn-cert/prod/cn: other } }
    - !host bare
`;
  const GRANTS = () => grant('authn-cert/prod', 'apps/vm', 'apps/by-name', 'apps/other', 'apps/bare');

  it('in request mode lets in the host whose annotations the certificate bears out', async () => {
    const { url, lines } = await start('optional', service('authn-cert/prod', HOSTS) + GRANTS());
    const login = async (host: string, shown: IssuedCertificate | undefined = client) =>
      (await post(url, `/authn-cert/prod/default/host%2Fapps%2F${host}/authenticate`, shown)).status;
    expect(await login('vm')).toBe(200);
    expect(await login('by-name')).toBe(200);
    expect(await login('other')).toBe(401);
    expect(await login('bare')).toBe(401);
    expect(await login('ghost')).toBe(401);
    expect(await login('vm', foreign)).toBe(401);
    expect((await post(url, '/authn-cert/prod/default/host%2Fapps%2Fvm/authenticate', undefined)).status).toBe(401);
    expect((await post(url, '/authn-cert/prod/default/authenticate', client)).status).toBe(401);
    expect(lines.join('\n')).toContain('apps/bare has no annotation authn-cert/prod/');
    expect(lines.join('\n')).toContain('the client has shown no certificate');
  });

  it('in SPIFFE mode finds the host in the certificate', async () => {
    const variables = ['host-mode', 'trust-domain', 'identity-path', 'ca-cert'];
    const policy = service('authn-cert/prod', HOSTS, variables) + GRANTS();
    const value = (name: string) => `conjur/authn-cert/prod/${name}`;
    const spiffe = {
      [value('host-mode')]: 'spiffe',
      [value('trust-domain')]: 'example.org',
      [value('identity-path')]: 'apps',
    };
    const { url } = await start('optional', policy, spiffe);
    expect((await post(url, '/authn-cert/prod/default/authenticate', client)).status).toBe(200);
    expect((await post(url, '/authn-cert/prod/default/authenticate', foreign)).status).toBe(401);
    expect((await post(url, '/authn-cert/prod/default/host%2Fapps%2Fvm/authenticate', client)).status).toBe(401);
    const elsewhere = await start('optional', policy, { ...spiffe, [value('trust-domain')]: 'example.com' });
    expect((await post(elsewhere.url, '/authn-cert/prod/default/authenticate', client)).status).toBe(401);
    const otherCa = await start('optional', policy, { ...spiffe, [value('ca-cert')]: foreignCa.cert });
    expect((await post(otherCa.url, '/authn-cert/prod/default/authenticate', client)).status).toBe(401);
    expect((await post(otherCa.url, '/authn-cert/prod/default/authenticate', foreign)).status).toBe(200);
  });
});
