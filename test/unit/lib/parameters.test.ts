import { expect, it } from 'vitest';
import { Secret } from '../../../lib/secret.ts';
import { mockConjur } from './mock-conjur.ts';

/**
 * Every parameter that the client puts into the query of an endpoint. Conjur 1.27 refuses what an endpoint does not define (422 in its
 * second API; elsewhere where CONJUR_FEATURE_STRICT_PARAMS_ENABLED is set), so this list is what the documentation of each defines.
 */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'GET /secrets/:account/variable/:id': ['version'],
  'POST /secrets/:account/variable/:id': [],
  'GET /secrets': ['variable_ids'],
  'GET /resources/:account/variable': ['limit', 'offset', 'search'],
  'GET /resources/:account/variable/:id': ['check', 'privilege', 'role'],
  'GET /whoami': [],
  'POST /policies/:account/policy/:id': ['dryRun'],
  'PATCH /policies/:account/policy/:id': [],
  'PUT /policies/:account/policy/:id': [],
  'GET /authn/:account/api_key': ['role'],
  'PUT /authn/:account/api_key': ['role'],
  'POST /host_factory_tokens': [],
  'POST /host_factories/hosts': [],
  'DELETE /host_factory_tokens/:token': [],
  'POST /authn/:account/:login/authenticate': [],
};

function endpointOf(method: string, pathname: string): string {
  const path = pathname
    .replace(/^\/(secrets|resources|policies)\/default\/(variable|policy)\/.+$/, '/$1/:account/$2/:id')
    .replace(/^\/resources\/default\/variable$/, '/resources/:account/variable')
    .replace(/^\/authn\/default\/api_key$/, '/authn/:account/api_key')
    .replace(/^\/authn\/default\/[^/]+\/authenticate$/, '/authn/:account/:login/authenticate')
    .replace(/^\/host_factory_tokens\/.+$/, '/host_factory_tokens/:token');
  return `${method} ${path}`;
}

it('no endpoint gets a parameter that it does not define, and none is asked that this list does not know', async () => {
  const { conjur, seen, authentications } = mockConjur(() => ({ status: 404, body: '{"error":{"code":"not_found"}}' }));
  const calls: Promise<unknown>[] = [
    conjur.readSecret('a', { version: 2, fresh: true, fromLeader: true }),
    conjur.readSecrets(['a', 'b']),
    conjur.writeSecret('a', 'value', { mimeType: 'text/plain', annotations: { a: 'b' } }),
    conjur.writeSecrets([{ name: 'b', value: 'value' }]),
    conjur.listVariables({ search: 'a', limit: 5, offset: 5 }),
    conjur.showVariable('a'),
    conjur.whoami(),
    conjur.isPermitted('a', 'read', { role: 'host:a' }),
    conjur.loadPolicy('root', '- !host a', { dryRun: true }),
    conjur.loadPolicy('root', '- !host a', { mode: 'update' }),
    conjur.loadPolicy('root', '- !host a', { mode: 'replace' }),
    conjur.deleteVariable('a'),
    conjur.rotateApiKey({ credential: { login: 'admin', apiKey: Secret.of('key') } }),
    conjur.rotateApiKeyOf('host:a'),
    conjur.lastRotation('host:a'),
    conjur.createHostFactoryTokens('a', { expiresAt: new Date(0), cidrs: ['10.0.0.0/8'], count: 2 }),
    conjur.createHost('token', 'a', { annotations: { a: 'b' } }),
    conjur.revokeHostFactoryToken('token'),
  ];
  await Promise.allSettled(calls);

  const sent = new Map<string, Set<string>>();
  for (const { method, path } of [...seen, ...authentications]) {
    const { pathname, searchParams } = new URL(path, 'http://conjur');
    const endpoint = endpointOf(method, pathname);
    sent.set(endpoint, new Set([...(sent.get(endpoint) ?? []), ...searchParams.keys()]));
  }
  const found = Object.fromEntries([...sent].map(([endpoint, names]) => [endpoint, [...names].sort()]));
  expect(found).toEqual(PARAMETERS);
});
