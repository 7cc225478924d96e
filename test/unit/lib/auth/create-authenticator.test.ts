import { expect, it } from 'vitest';
import { loadOptional } from '../../../../lib/auth/create-authenticator.ts';

const failing = (error: unknown) => loadOptional(() => Promise.reject(error), 'authn-iam').catch((caught) => caught);

it.each([
  ["Cannot find package '@smithy/signature-v4' imported from /app/index.js", '@smithy/signature-v4'],
  ["Cannot find module '@aws-sdk/client-secrets-manager'", '@aws-sdk/client-secrets-manager'],
  ["Cannot find package 'undici' imported from /app/index.js", 'undici'],
])('a package that is missing is named, with what needs it: %s', async (message, name) => {
  const error = new Error(message);
  expect(await failing(error)).toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining(`The package ${name} is needed for authn-iam, and is not installed: npm install`),
    cause: error,
  });
});

it('another failure of loading is passed on, and what is loaded too', async () => {
  const error = new SyntaxError('Unexpected token');
  expect(await failing(error)).toBe(error);
  expect(await failing('no error')).toBe('no error');
  expect(await loadOptional(async () => 'loaded', 'authn-iam')).toBe('loaded');
});
