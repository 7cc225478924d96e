import { readFileSync } from 'node:fs';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { type Asking, type ConjurUnderTest, startConjur } from './start-conjur.ts';

/** What `conjur-openapi-spec` lists, without what it says is Enterprise's alone. */
const OPEN_SOURCE = `
GET /authn/{account}/login
POST /authn-k8s/{service_id}/inject_client_cert
GET /authn-ldap/{service_id}/{account}/login
POST /authn/{account}/{login}/authenticate
POST /authn-iam/{service_id}/{account}/{login}/authenticate
POST /authn-azure/{service_id}/{account}/{login}/authenticate
POST /authn-gcp/{account}/authenticate
POST /authn-k8s/{service_id}/{account}/{login}/authenticate
POST /authn-ldap/{service_id}/{account}/{login}/authenticate
POST /authn-oidc/{service_id}/{account}/authenticate
POST /authn-jwt/{service_id}/{account}/authenticate
POST /authn-jwt/{service_id}/{account}/{id}/authenticate
PUT /authn/{account}/password
PUT /authn/{account}/api_key
PATCH /{authenticator}/{account}
PATCH /{authenticator}/{service_id}/{account}
GET /whoami
GET /{authenticator}/{service_id}/{account}/status
GET /authn-gcp/{account}/status
GET /authenticators
GET /secrets/{account}/{kind}/{identifier}
POST /secrets/{account}/{kind}/{identifier}
GET /secrets
PUT /policies/{account}/policy/{identifier}
POST /policies/{account}/policy/{identifier}
PATCH /policies/{account}/policy/{identifier}
GET /roles/{account}/{kind}/{identifier}
POST /roles/{account}/{kind}/{identifier}
DELETE /roles/{account}/{kind}/{identifier}
GET /resources
GET /resources/{account}
GET /resources/{account}/{kind}
GET /resources/{account}/{kind}/{identifier}
POST /host_factory_tokens
DELETE /host_factory_tokens/{token}
POST /host_factories/hosts
GET /public_keys/{account}/{kind}/{identifier}
POST /ca/{account}/{service_id}/sign
`
  .trim()
  .split('\n');

interface Row {
  readonly operation: string;
  readonly status: number;
  readonly note: string;
}

const page = readFileSync(new URL('../../../../../docs/local-conjur.md', import.meta.url), 'utf8');
const table: Row[] = [...page.matchAll(/^\| `([A-Z]+ \/[^`]*)` \| (\d{3}) \| (.*?) ?\|$/gm)].map(
  ([, operation = '', status, note = '']) => ({ operation, status: Number(status), note }),
);

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ROLE = { accessKeyId: 'AKIATEST', secretAccessKey: 'made-up', accountId: '123456789012', roleName: 'role' };

const POLICY = `
- !host { id: h, annotations: { authn-jwt/ci/sub: h, authn-jwt/own/sub: h } }
- !host 123456789012/role
- !user u
- !group g
- !layer l
- !variable v
- !policy b
- !host-factory { id: hf, layers: [ !layer l ] }
- !policy
  id: conjur/authn-jwt/ci
  body:
  - !webservice
  - !webservice status
  - !permit { role: !host /h, privileges: [ authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-jwt/own
  body:
  - !webservice
  - !variable token-app-property
  - !permit { role: !host /h, privileges: [ authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-iam/aws
  body:
  - !webservice
  - !permit { role: !host /123456789012/role, privileges: [ authenticate ], resource: !webservice }
- !host
  id: cloud
  annotations: { authn-gcp/project-id: p, authn-azure/subscription-id: s, authn-azure/resource-group: r }
- !policy
  id: conjur/authn-gcp
  body:
  - !webservice
  - !webservice status
  - !permit { role: !host /cloud, privileges: [ authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-azure/x
  body:
  - !webservice
  - !variable provider-uri
  - !permit { role: !host /cloud, privileges: [ authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-ldap/x
  body:
  - !webservice
  - !permit { role: !user /u, privileges: [ authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-oidc/x
  body:
  - !webservice
  - !variable provider-uri
  - !variable id-token-user-property
  - !permit { role: !user /u, privileges: [ authenticate ], resource: !webservice }
`;

/** A server with a policy for everything, and what its requests need. */
async function prepare() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] };
  const conjur = await startConjur({
    now: () => NOW,
    jwt: { jwks },
    iam: { credentials: [ROLE] },
    ldap: { passwords: { u: 'of u' } },
  });
  expect((await conjur.load(POLICY)).status).toBe(201);
  await conjur.ask('POST', '/secrets/default/variable/v', { body: 'value' });
  for (const [id, body] of Object.entries({
    'authn-jwt/own/token-app-property': 'sub',
    'authn-azure/x/provider-uri': 'https://issuer.example/',
    'authn-oidc/x/provider-uri': 'https://issuer.example/',
    'authn-oidc/x/id-token-user-property': 'sub',
  }))
    await conjur.ask('POST', `/secrets/default/variable/${encodeURIComponent(`conjur/${id}`)}`, { body });
  const header = { alg: 'RS256', kid: 'one' };
  const jwt = (claims: Record<string, unknown>) =>
    new SignJWT(claims)
      .setProtectedHeader(header)
      .setExpirationTime(NOW / 1000 + 60)
      .sign(privateKey);
  const expiration = new Date(NOW + 3_600_000).toISOString();
  const tokens = await conjur.ask('POST', '/host_factory_tokens', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ host_factory: 'default:host_factory:hf', expiration }),
  });
  const [made] = tokens.json<{ token: string }[]>();
  return {
    conjur,
    jwt: await jwt({ sub: 'h' }),
    azure: await jwt({
      iss: 'https://issuer.example/',
      oid: 'o',
      xms_mirid: '/subscriptions/s/resourcegroups/r/providers/a/b/c',
    }),
    google: await jwt({
      iss: 'https://accounts.google.com',
      aud: 'conjur/default/host/cloud',
      sub: '1',
      google: { compute_engine: { project_id: 'p' } },
    }),
    idToken: await jwt({ iss: 'https://issuer.example/', sub: 'u' }),
    iam: await signSts(),
    hostFactoryToken: made?.token ?? '',
    expiration,
  };
}

async function signSts(): Promise<string> {
  const signer = new SignatureV4({
    service: 'sts',
    region: 'us-east-1',
    credentials: ROLE,
    sha256: Hash.bind(null, 'sha256'),
  });
  const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
  const host = 'sts.us-east-1.amazonaws.com';
  const request = { method: 'GET', protocol: 'https:', hostname: host, path: '/', query, headers: { host } };
  const signed = await signer.sign(request, { signingDate: new Date(NOW) });
  return JSON.stringify(signed.headers);
}

type Prepared = Awaited<ReturnType<typeof prepare>>;
type Request = readonly [path: string, asking?: Asking];

const NOBODY = { as: null };
const JSON_BODY = { 'content-type': 'application/json' };
const V2 = { accept: 'application/x.secretsmgr.v2beta+json' };
const basic = ({ conjur }: Prepared, login: string) => ({
  as: null,
  headers: { authorization: `Basic ${Buffer.from(`${login}:${conjur.keys.get(login)}`).toString('base64')}` },
});

/** How each operation is asked for. */
const REQUESTS: Readonly<Record<string, (prepared: Prepared) => Request>> = {
  'GET /authn/{account}/login': (p) => ['/authn/default/login', basic(p, 'u')],
  'POST /authn/{account}/{login}/authenticate': ({ conjur }) => [
    '/authn/default/host%2Fh/authenticate',
    { as: null, body: conjur.keys.get('host/h') ?? '' },
  ],
  'PUT /authn/{account}/password': (p) => ['/authn/default/password', { ...basic(p, 'u'), body: 'A-Password-4-u!' }],
  'PUT /authn/{account}/api_key': (p) => ['/authn/default/api_key', basic(p, 'u')],
  'GET /authn/{account}/api_key': () => ['/authn/default/api_key?role=host:h'],
  'POST /authn-iam/{service_id}/{account}/{login}/authenticate': ({ iam }) => [
    '/authn-iam/aws/default/host%2F123456789012%2Frole/authenticate',
    { as: null, body: iam },
  ],
  'POST /authn-jwt/{service_id}/{account}/authenticate': ({ jwt }) => [
    '/authn-jwt/own/default/authenticate',
    { as: null, body: `jwt=${jwt}` },
  ],
  'POST /authn-jwt/{service_id}/{account}/{id}/authenticate': ({ jwt }) => [
    '/authn-jwt/ci/default/host%2Fh/authenticate',
    { as: null, body: `jwt=${jwt}` },
  ],
  'POST /authn-azure/{service_id}/{account}/{login}/authenticate': ({ azure }) => [
    '/authn-azure/x/default/host%2Fcloud/authenticate',
    { as: null, body: `jwt=${azure}` },
  ],
  'POST /authn-gcp/{account}/authenticate': ({ google }) => [
    '/authn-gcp/default/authenticate',
    { as: null, body: `jwt=${google}` },
  ],
  'GET /authn-ldap/{service_id}/{account}/login': () => [
    '/authn-ldap/x/default/login',
    { as: null, headers: { authorization: `Basic ${btoa('u:of u')}` } },
  ],
  'POST /authn-ldap/{service_id}/{account}/{login}/authenticate': () => [
    '/authn-ldap/x/default/u/authenticate',
    { as: null, body: 'of u' },
  ],
  'POST /authn-oidc/{service_id}/{account}/authenticate': ({ idToken }) => [
    '/authn-oidc/x/default/authenticate',
    { as: null, body: `id_token=${idToken}` },
  ],
  'POST /authn-k8s/{service_id}/{account}/{login}/authenticate': () => ['/authn-k8s/x/default/h/authenticate', NOBODY],
  'POST /authn-k8s/{service_id}/inject_client_cert': () => ['/authn-k8s/x/inject_client_cert', NOBODY],
  'PATCH /{authenticator}/{account}': () => ['/authn-gcp/default', { body: 'enabled=true' }],
  'PATCH /{authenticator}/{service_id}/{account}': () => ['/authn-jwt/ci/default', { body: 'enabled=true' }],
  'GET /{authenticator}/{service_id}/{account}/status': () => ['/authn-jwt/ci/default/status'],
  'GET /authn-gcp/{account}/status': () => ['/authn-gcp/default/status'],
  'GET /authenticators': () => ['/authenticators', NOBODY],
  'GET /whoami': () => ['/whoami'],
  'GET /secrets': () => ['/secrets?variable_ids=default:variable:v'],
  'GET /secrets/{account}/{kind}/{identifier}': () => ['/secrets/default/variable/v'],
  'POST /secrets/{account}/{kind}/{identifier}': () => ['/secrets/default/variable/v', { body: 'other' }],
  'POST /policies/{account}/policy/{identifier}': () => ['/policies/default/policy/root', { body: '- !group g2' }],
  'PATCH /policies/{account}/policy/{identifier}': () => ['/policies/default/policy/root', { body: '- !group g3' }],
  'PUT /policies/{account}/policy/{identifier}': () => ['/policies/default/policy/b', { body: '- !group g4' }],
  'GET /policies/{account}/policy/{identifier}': () => ['/policies/default/policy/root'],
  'GET /roles/{account}/{kind}/{identifier}': () => ['/roles/default/host/h?all'],
  'POST /roles/{account}/{kind}/{identifier}': () => ['/roles/default/group/g?members&member=default:host:h'],
  'DELETE /roles/{account}/{kind}/{identifier}': () => ['/roles/default/group/g?members&member=default:user:admin'],
  'GET /resources': () => ['/resources'],
  'GET /resources/{account}': () => ['/resources/default'],
  'GET /resources/{account}/{kind}': () => ['/resources/default/variable'],
  'GET /resources/{account}/{kind}/{identifier}': () => [
    '/resources/default/variable/v?permitted_roles&privilege=read',
  ],
  'POST /host_factory_tokens': ({ expiration }) => [
    '/host_factory_tokens',
    { headers: JSON_BODY, body: JSON.stringify({ host_factory: 'default:host_factory:hf', expiration, count: 2 }) },
  ],
  'DELETE /host_factory_tokens/{token}': ({ hostFactoryToken }) => [`/host_factory_tokens/${hostFactoryToken}`],
  'POST /host_factories/hosts': ({ hostFactoryToken }) => [
    '/host_factories/hosts',
    { as: null, headers: { ...JSON_BODY, authorization: `Token token="${hostFactoryToken}"` }, body: '{"id": "new"}' },
  ],
  'GET /public_keys/{account}/{kind}/{identifier}': () => ['/public_keys/default/user/u', NOBODY],
  'POST /ca/{account}/{service_id}/sign': () => ['/ca/default/x/sign', { body: 'csr=x' }],
  'GET /': () => ['/', NOBODY],
  'GET /branches/{account}': () => ['/branches/default', { headers: V2 }],
  'POST /groups/{account}/{identifier}/members': () => [
    '/groups/default/g/members',
    { headers: V2, body: '{"kind": "host", "id": "h"}' },
  ],
  'GET /authenticators/{account}': () => ['/authenticators/default', { headers: V2 }],
};

async function ask({ conjur }: { conjur: ConjurUnderTest }, operation: string, request: Request) {
  const [method = ''] = operation.split(' ');
  return conjur.ask(method, ...request);
}

it('the table of docs/local-conjur.md has every operation of the open-source API, once', () => {
  const operations = table.map(({ operation }) => operation);
  expect(new Set(operations).size).toBe(operations.length);
  expect(operations).toEqual(expect.arrayContaining(OPEN_SOURCE));
  expect(operations.sort()).toEqual(Object.keys(REQUESTS).sort());
});

it('only the logins of Kubernetes are not there, and the certificate authority', () => {
  const absent = table.filter(({ status }) => status === 404).map(({ operation }) => operation.split('/')[1]);
  expect(new Set(absent)).toEqual(new Set(['authn-k8s', 'ca']));
});

it.each(table)('$operation is answered with $status', async ({ operation, status, note }) => {
  const prepared = await prepare();
  const request = REQUESTS[operation]?.(prepared);
  if (request === undefined) throw new Error('the test does not know how to ask for it');
  const answer = await ask(prepared, operation, request);
  expect(answer.status).toBe(status);
  if (status === 404) {
    expect(note).toMatch(/^not there/);
    expect(answer.text).toContain('does not have');
  }
});
