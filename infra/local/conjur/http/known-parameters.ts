import type { ServerContext } from '../server-context.ts';
import type { ConjurRequest } from './conjur-request.ts';
import { codedError } from './reply-error.ts';
import type { Route } from './route.ts';

const PAGE = ['limit', 'offset'];
const LISTING = ['account', 'kind', 'search', 'count', 'role', 'acting_as', 'owner', ...PAGE];
const ONE_RESOURCE = ['check', 'permitted_roles', 'privilege', 'permission', 'role'];
const ROLE = ['all', 'memberships', 'members', 'graph', 'member', 'filter', 'search', 'kind', 'count', ...PAGE];

/** The query parameters of each endpoint of the first API, by the method and the beginning of its path. The first that fits counts. */
const PARAMETERS: readonly (readonly [method: string, path: RegExp, names: readonly string[]])[] = [
  ['GET', /^\/resources\/[^/]+\/[^/]+\/./, ONE_RESOURCE],
  ['GET', /^\/resources/, LISTING],
  ['GET', /^\/secrets\/?$/, ['variable_ids']],
  ['GET', /^\/secrets\//, ['version']],
  ['POST', /^\/secrets\//, ['expirations']],
  ['GET', /^\/policies\//, ['depth', 'limit']],
  ['POST', /^\/policies\//, ['dryRun']],
  ['PUT', /^\/policies\//, ['dryRun']],
  ['PATCH', /^\/policies\//, ['dryRun']],
  ['', /^\/roles\//, ROLE],
  ['', /^\/authn\/[^/]+\/api_key$/, ['role']],
  ['PATCH', /^\/authn/, ['enabled']],
  ['POST', /^\/host_factory_tokens$/, ['expiration', 'host_factory', 'count', 'cidr']],
  ['POST', /^\/host_factories\/hosts$/, ['id', 'annotations']],
  ['GET', /^\/issuers\/[^/]+\/./, ['projection']],
  ['GET', /^\/issuers\//, ['sort']],
  ['DELETE', /^\/issuers\//, ['keep_secrets']],
];

/**
 * Looks at the query for parameters that the endpoint does not define. The second API refuses them by itself.
 *
 * @throws {ReplyError} 422 where the server is strict; otherwise they are logged from 1.27 on.
 */
export function checkKnownParameters(context: ServerContext, route: Route, request: ConjurRequest): void {
  if (!context.behaviour.areParametersChecked && !context.areParametersStrict) return;
  if (/^\/(?:branches|groups|authenticators|secrets\/static|secrets\/values)(?:\/|$)/.test(route.path)) return;
  const [path = ''] = request.target.split('?');
  const names = PARAMETERS.find(
    ([method, known]) => (method === '' || method === request.method) && known.test(path),
  )?.[2];
  const unknown = [...request.query.keys()].filter((name) => !(names ?? []).includes(name.replace(/\[\]$/, '')));
  if (unknown.length === 0) return;
  const problem = `Unexpected parameters: ${unknown.join(', ')}`;
  if (context.areParametersStrict) throw codedError(422, 'unprocessable_entity', problem);
  context.log(`${request.method} ${path}: ${problem}`);
}
