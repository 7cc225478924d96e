import { expect, it } from 'vitest';
import type { Tokens } from '../../../../../../infra/local/conjur/authn/tokens.ts';
import { checkToken } from '../../../../../../infra/local/conjur/http/check-token.ts';

const NO_TOKENS: Tokens = { issue: async () => ({}), verify: async () => undefined };

it.each([
  '/',
  '/authenticators',
  '/authn/default/admin/authenticate',
  '/authn-jwt/ci/default/authenticate',
  '/authn-iam/prod/default/host%2Fa/authenticate',
  '/authn/default/login',
  '/authn/default/api_key',
  '/public_keys/default/user/alice',
])('%s can be asked for without a token', async (path) => {
  expect(await checkToken(NO_TOKENS, path, undefined)).toBeUndefined();
});

it.each([
  '/whoami',
  '/nothing',
  '/authn',
  '/secrets/authn/default/admin/authenticates',
  '/resources/default',
  '/authenticators/default',
])('%s cannot', async (path) => {
  await expect(checkToken(NO_TOKENS, path, undefined)).rejects.toThrow('Authorization missing');
});

it.each(['null', 'false'])('the token %s is as good as none', async (text) => {
  const none = `Token token="${Buffer.from(text).toString('base64')}"`;
  expect(await checkToken(NO_TOKENS, '/authn/default/login', none)).toBeUndefined();
  await expect(checkToken(NO_TOKENS, '/whoami', none)).rejects.toThrow('Authorization missing');
});

it('a bad token is refused even where none is needed', async () => {
  const bad = `Token token="${Buffer.from('{}').toString('base64')}"`;
  await expect(checkToken(NO_TOKENS, '/authn/default/login', bad)).rejects.toThrow('Unauthorized: Invalid token');
  expect(await checkToken(NO_TOKENS, '/authn/default/admin/authenticate', bad)).toBeUndefined();
});
