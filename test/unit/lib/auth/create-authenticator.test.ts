import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../../../../lib/auth/auth-options.ts';
import {
  type AuthenticatorDeps,
  createAuthenticator,
  createCredentialSource,
  lazyAuthenticatorDeps,
  loadOptional,
} from '../../../../lib/auth/create-authenticator.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { toSettings } from '../../../../lib/settings.ts';
import { FakeClock } from '../fake-clock.ts';

const clock = new FakeClock();
const deadline = new Deadline(clock, 10_000);

function create(auth: AuthOptions, deps: Partial<AuthenticatorDeps> = {}) {
  const settings = toSettings({ baseUrl: 'https://conjur.example', auth });
  const all: AuthenticatorDeps = { ...lazyAuthenticatorDeps(undefined, clock), ...deps };
  const source = createCredentialSource(settings, all);
  return { source, authenticator: createAuthenticator(settings, source, all) };
}

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

describe('an authenticator', () => {
  const iam = { type: 'iam', serviceId: 'prod', login: 'host/1/role', region: 'eu-west-1' } as const;
  const oidc = { type: 'oidc', serviceId: 'id', idToken: 'a.b.c' } as const;

  it('loads what signs for AWS once, when the first signature is wanted, and anew where that failed', async () => {
    const loads: unknown[] = [];
    const { authenticator } = create(iam, {
      async loadSigner(options) {
        loads.push(options);
        if (loads.length === 1) throw new Error('not there yet');
        return async () => ({ host: 'sts' });
      },
    });
    const request = await authenticator.prepare(0, deadline);
    expect(loads).toEqual([]);
    await expect(request?.freshParts?.()).rejects.toThrow('not there yet');
    for (let times = 0; times < 2; times += 1)
      expect(await request?.freshParts?.()).toEqual({ body: '{"host":"sts"}' });
    expect(loads).toEqual(Array(2).fill({ sts: 'regional', region: 'eu-west-1' }));
  });

  it('that few use says what it is before it is loaded, and what to check after', async () => {
    const { authenticator } = create(oidc);
    expect([authenticator.kind, authenticator.advice]).toEqual(['oidc', '']);
    expect(await authenticator.prepare(0, deadline)).toMatchObject({ body: 'id_token=a.b.c' });
    expect(authenticator.advice).toContain('auth.idToken');
    // It is the same one that is asked again, which knows what was refused.
    expect(await authenticator.prepare(1, deadline)).toBeUndefined();
  });

  it.each<[AuthOptions, string | undefined]>([
    [{ type: 'api-key', apiKey: 'key' }, 'auth.apiKey'],
    [{ type: 'api-key', apiKey: 'key', apiKeySecretId: 's' }, 'the Secrets Manager secret s'],
    [iam, undefined],
    [oidc, undefined],
  ])('by %j has its api key from there: %s', (auth, description) => {
    expect(create(auth).source?.description).toBe(description);
  });

  it('takes admin for the user of a secret that names none', async () => {
    const secretReader = { read: async () => Secret.of('key') };
    const loadSecretReader = async () => secretReader;
    const { source } = create({ type: 'api-key', apiKeySecretId: 's' }, { loadSecretReader });
    expect(await source?.get(0, deadline)).toMatchObject({ login: 'admin' });
    expect(await lazyAuthenticatorDeps(secretReader, clock).loadSecretReader()).toBe(secretReader);
  });
});
