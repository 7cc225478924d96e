import { describe, expect, it } from 'vitest';
import { hasHttpApi, resolveRoutes } from '../../../../infra/stack/routes.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const ROUTES = { routes: { 'read-secret': ['GET /secrets', 'GET /secrets/{name+}'] } };

describe('the routes of a function', () => {
  it('come from custom.routes, each with the authorizer of the stack', async () => {
    expect(await resolveRoutes(resolverContext({}, ROUTES), 'read-secret')).toEqual([
      { httpApi: { method: 'GET', path: '/secrets', authorizer: { type: 'aws_iam' } } },
      { httpApi: { method: 'GET', path: '/secrets/{name+}', authorizer: { type: 'aws_iam' } } },
    ]);
  });

  it('are none with http_api: off', async () => {
    expect(await resolveRoutes(resolverContext({ http_api: 'off' }, ROUTES), 'read-secret')).toEqual([]);
  });

  it.each(['none', 'false', 'OFF'])('cannot be switched by "%s"', async (http_api) => {
    await expect(hasHttpApi(resolverContext({ http_api }))).rejects.toThrow('must be on or off');
  });
});
