import { describe, expect, it } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
import { toSettings } from '../../../lib/options.ts';

const OPTIONS = { baseUrl: 'https://conjur.example/api', apiKey: 'sesame' };

describe('the options of a client', () => {
  it('have defaults for all but the base URL and the credential', () => {
    expect(toSettings(OPTIONS)).toMatchObject({
      account: 'default',
      login: 'admin',
      loginGiven: false,
      authn: 'api-key',
      policyBranch: 'root',
      refreshIntervalMs: 300_000,
      timeoutMs: 5_000,
      maxAttempts: 5,
      secretCacheTtlMs: 0,
    });
  });

  it('keep what is given', () => {
    const settings = toSettings({
      ...OPTIONS,
      login: 'host/a',
      readBaseUrls: [new URL('https://f')],
      maxAttempts: 1,
    });
    expect(settings).toMatchObject({ login: 'host/a', loginGiven: true, maxAttempts: 1 });
    expect(settings.readBaseUrls.map(({ href }) => href)).toEqual(['https://f/']);
  });

  it.each([
    ['baseUrl', { baseUrl: 'conjur.example' }],
    ['baseUrl', { baseUrl: 'file:///etc' }],
    ['readBaseUrls', { readBaseUrls: ['nowhere'] }],
    ['maxAttempts', { maxAttempts: 0 }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
    ['refreshIntervalMs', { refreshIntervalMs: 10 }],
    ['secretCacheTtlMs', { secretCacheTtlMs: 1.5 }],
    ['tls.clientKey', { tls: { clientCert: 'PEM' } }],
    ['secretCacheMaxBytes', { secretCacheMaxBytes: -1 }],
  ])('refuse a bad %s by a TypeError that names it', (option, bad) => {
    expect(() => toSettings({ ...OPTIONS, ...bad })).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(option) }),
    );
  });

  it.each([
    ['an api key', {}],
    ['a service id', { authn: 'jwt', jwt: 'x' } as const],
    ['a JSON web token', { authn: 'jwt', authnServiceId: 'ci' } as const],
  ])('refuse an authenticator that lacks %s', (what, options) => {
    expect(() => createConjurClient({ baseUrl: 'https://conjur.example', ...options })).toThrow(what);
  });
});
