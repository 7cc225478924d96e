import { expect, it } from 'vitest';
import { type Asking, type ConjurUnderTest, startConjur } from './start-conjur.ts';

async function v2({ ask }: ConjurUnderTest, method: string, path: string, body?: unknown, as = 'admin') {
  const asking: Asking = {
    as,
    headers: { accept: 'application/x.secretsmgr.v2beta+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await ask(method, path, asking);
  return { status: answer.status, body: answer.text === '' ? undefined : answer.json() };
}

const BRANCHES =
  '- !policy conjur/authn-jwt\n- !policy conjur/authn-iam\n- !policy conjur/authn-azure\n- !policy conjur/authn-gcp\n';
const CI = {
  type: 'jwt',
  name: 'ci',
  enabled: true,
  data: {
    issuer: 'https://issuer.test',
    public_keys: { type: 'jwks', value: { keys: [] } },
    identity: { token_app_property: 'sub', enforced_claims: ['project'], claim_aliases: { team: 'group' } },
  },
  annotations: { note: 'of the pipeline' },
};

async function startWithBranches() {
  const conjur = await startConjur();
  await conjur.load(BRANCHES);
  return conjur;
}

it('an authenticator is made with its policy, groups, permits and variables, and then works as one of a policy', async () => {
  const conjur = await startWithBranches();
  const made = await v2(conjur, 'POST', '/authenticators/default', CI);
  const shown = { ...CI, branch: 'conjur/authn-jwt', owner: { id: 'conjur/authn-jwt/ci', kind: 'policy' } };
  expect(made).toEqual({ status: 201, body: shown });
  expect(await v2(conjur, 'GET', '/authenticators/default/jwt/ci')).toEqual({ status: 200, body: shown });
  const issuer = await conjur.ask('GET', '/secrets/default/variable/conjur%2Fauthn-jwt%2Fci%2Fissuer');
  expect(issuer.text).toBe('https://issuer.test');
  await conjur.load('- !host h\n- !grant { role: !group conjur/authn-jwt/ci/apps, member: !host h }\n');
  const check =
    '/resources/default/webservice/conjur%2Fauthn-jwt%2Fci?check=true&privilege=authenticate&role=default:host:h';
  expect((await conjur.ask('GET', check)).status).toBe(204);
  expect((await conjur.ask('GET', '/authenticators', { as: null })).text).toContain('authn-jwt/ci');
});

it('authenticators are listed, switched and deleted', async () => {
  const conjur = await startWithBranches();
  await v2(conjur, 'POST', '/authenticators/default', CI);
  await v2(conjur, 'POST', '/authenticators/default', { type: 'aws', name: 'prod', enabled: false });
  await v2(conjur, 'POST', '/authenticators/default', { type: 'gcp', name: 'default' });
  const names = async (query: string) => {
    const { body } = await v2(conjur, 'GET', `/authenticators/default${query}`);
    const { authenticators, count } = body as unknown as {
      authenticators: { name: string; type: string }[];
      count: number;
    };
    return [count, authenticators.map(({ type, name }) => `${type}/${name}`)];
  };
  expect(await names('')).toEqual([3, ['gcp/default', 'aws/prod', 'jwt/ci']]);
  expect(await names('?type=aws')).toEqual([1, ['aws/prod']]);
  expect(await names('?limit=1&offset=1')).toEqual([3, ['aws/prod']]);
  expect((await v2(conjur, 'GET', '/authenticators/default/aws/prod')).body).toMatchObject({ enabled: false });
  const switched = await v2(conjur, 'PATCH', '/authenticators/default/aws/prod', { enabled: true });
  expect(switched).toMatchObject({ status: 200, body: { enabled: true } });
  for (const path of ['jwt/ci', 'gcp/default', 'aws/prod']) {
    expect((await v2(conjur, 'DELETE', `/authenticators/default/${path}`)).status).toBe(204);
    expect((await v2(conjur, 'GET', `/authenticators/default/${path}`)).status).toBe(404);
  }
  expect(await names('')).toEqual([0, []]);
  expect((await conjur.ask('GET', '/resources/default/policy/conjur%2Fauthn-gcp')).status).toBe(200);
});

it.each([
  [{ ...CI, name: 'a b' }, 422],
  [{ ...CI, type: 'nope' }, 422],
  [{ ...CI, enabled: 'yes' }, 422],
  [{ ...CI, color: 'red' }, 422],
  [{ type: 'jwt', name: 'x' }, 422],
  [{ type: 'jwt', name: 'x', data: { jwks_uri: 'https://a.test', public_keys: {}, issuer: 'i' } }, 422],
  [{ type: 'jwt', name: 'x', data: { public_keys: {} } }, 422],
  [{ type: 'jwt', name: 'x', data: { jwks_uri: 'https://a.test', identity: { identity_path: 'p' } } }, 422],
  [{ type: 'azure', name: 'x', data: { other: 'y' } }, 422],
  [{ type: 'aws', name: 'x', data: {} }, 422],
  [{ type: 'gcp', name: 'x' }, 404],
  [{ type: 'ldap', name: 'x' }, 404],
  [{ ...CI, owner: { kind: 'host', id: 'ghost' } }, 404],
  [CI, 409],
])('%j is answered with %i, and nothing is made', async (body, status) => {
  const conjur = await startWithBranches();
  await v2(conjur, 'POST', '/authenticators/default', CI);
  expect((await v2(conjur, 'POST', '/authenticators/default', body)).status).toBe(status);
  expect((await v2(conjur, 'GET', '/authenticators/default')).body).toMatchObject({ count: 1 });
});

it('authenticators are for who may create in their branch, update them or delete them', async () => {
  const conjur = await startWithBranches();
  await v2(conjur, 'POST', '/authenticators/default', CI);
  await conjur.load(`- !host h
- !permit { role: !host h, privileges: [ read ], resource: !policy conjur/authn-jwt }
- !permit { role: !host h, privileges: [ read ], resource: !webservice conjur/authn-jwt/ci }
`);
  expect((await v2(conjur, 'POST', '/authenticators/default', { ...CI, name: 'x' }, 'host/h')).status).toBe(403);
  expect((await v2(conjur, 'POST', '/authenticators/default', { type: 'aws', name: 'x' }, 'host/h')).status).toBe(404);
  expect((await v2(conjur, 'PATCH', '/authenticators/default/jwt/ci', { enabled: false }, 'host/h')).status).toBe(403);
  expect((await v2(conjur, 'DELETE', '/authenticators/default/jwt/ci', undefined, 'host/h')).status).toBe(403);
  expect((await v2(conjur, 'GET', '/authenticators/default/jwt/other', undefined, 'host/h')).status).toBe(404);
});
