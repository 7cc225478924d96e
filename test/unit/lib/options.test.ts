import { describe, expect, it } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
import { fromEnv } from '../../../lib/env.ts';
import { OPTIONS, type OptionRow } from '../../../lib/options.ts';
import { type ConjurClientOptions, createNameOf, toSettings, valueAt } from '../../../lib/settings.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';

const { cert: CERT } = await createCertificateAuthority('CA');
const AUTH = { type: 'api-key', apiKey: 'sesame' } as const;
const OPTIONS_GIVEN: ConjurClientOptions = { baseUrl: 'https://conjur.example/api', auth: AUTH };

describe('the options of a client', () => {
  it('have defaults for all but the base URL and the credential', () => {
    expect(toSettings(OPTIONS_GIVEN)).toMatchObject({
      account: 'default',
      auth: { type: 'api-key', login: 'admin' },
      policyBranch: 'root',
      refreshIntervalMs: 300_000,
      timeoutMs: 5_000,
      maxAttempts: 5,
      secretCacheTtlMs: 0,
    });
  });

  it('keep what is given', () => {
    const settings = toSettings({
      ...OPTIONS_GIVEN,
      auth: { ...AUTH, login: 'host/a' },
      readBaseUrls: [new URL('https://f')],
      maxAttempts: 1,
    });
    expect(settings).toMatchObject({ auth: { login: 'host/a' }, maxAttempts: 1 });
    expect(settings.readBaseUrls.map(({ href }) => href)).toEqual(['https://f/']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['baseUrl', { baseUrl: 'conjur.example' }],
    ['baseUrl', { baseUrl: 'file:///etc' }],
    ['baseUrl', { baseUrl: 'https://user:password@conjur.example' }],
    ['baseUrl', { baseUrl: 'http://127.0.0.1:8080', requireTls: true }],
    ['readBaseUrls', { readBaseUrls: ['nowhere'] }],
    ['readBaseUrls', { readBaseUrls: 'https://f' }],
    ['account', { account: '' }],
    ['account', { account: 7 }],
    ['maxAttempts', { maxAttempts: 0 }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
    ['refreshIntervalMs', { refreshIntervalMs: 10 }],
    ['secretCacheTtlMs', { secretCacheTtlMs: 1.5 }],
    ['tls.clientKey', { tls: { clientCert: CERT } }],
    ['tls.clientCert', { tls: { clientCert: '-----BEGIN CERTIFICATE-----' } }],
    ['tls.ca', { tls: { ca: '/etc/ca.pem' } }],
    ['tls.verify', { tls: { verify: 'false' } }],
    ['secretCacheMaxBytes', { secretCacheMaxBytes: -1 }],
    ['grantRead', { grantRead: ['readers'] }],
    ['policyBranch', { policyBranch: 'a//b' }],
    ['proxy.https', { proxy: { https: 'socks5://proxy' } }],
    ['auth.type', { auth: { type: 'password' } }],
    ['auth.apiKey', { auth: { type: 'api-key' } }],
    ['auth.apiKey', { auth: { type: 'api-key', apiKey: '' } }],
    ['auth.serviceId', { auth: { type: 'jwt', jwt: 'x' } }],
    ['auth.jwt', { auth: { type: 'jwt', serviceId: 'ci' } }],
    ['auth.login', { auth: { type: 'iam', serviceId: 'prod', sts: 'global' } }],
    ['auth.region', { auth: { type: 'iam', serviceId: 'prod', login: 'host/a' } }],
    ['tls.clientCert', { auth: { type: 'cert' } }],
  ])('refuse a bad %s by a TypeError that names it: %j', (option, bad) => {
    expect(() => createConjurClient({ ...OPTIONS_GIVEN, ...bad } as ConjurClientOptions)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(option) }),
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['baseUrl is missing', { baseUrl: undefined }],
    ['baseURL is no option: did you mean baseUrl?', { baseUrl: undefined, baseURL: 'https://conjur.example' }],
    ['timeout is no option: did you mean timeoutMs?', { timeout: 10_000 }],
    ['tls.CA is no option: did you mean tls.ca?', { tls: { CA: CERT } }],
    ['auth.logn is no option: did you mean auth.login?', { auth: { ...AUTH, logn: 'host/a' } }],
  ])('are not passed over where they are misspelt: %s', (message, bad) => {
    expect(() => createConjurClient({ ...OPTIONS_GIVEN, ...bad } as ConjurClientOptions)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }),
    );
  });

  it('may stand beside what is the program’s own, and be those of fromEnv', () => {
    expect(() => toSettings({ ...OPTIONS_GIVEN, region: 'eu', retries: 3 } as ConjurClientOptions)).not.toThrow();
    expect(() => toSettings(toSettings({ ...OPTIONS_GIVEN, proxy: { http: 'http://p' } }))).not.toThrow();
    expect(() => toSettings(fromEnv({ CYBERARK_API_KEY: 'sesame' }))).not.toThrow();
  });

  it('are all told of together', () => {
    expect(() => toSettings({ ...OPTIONS_GIVEN, maxAttempts: 0, timeoutMs: 0 })).toThrow(/timeoutMs .*; maxAttempts /);
  });
});

describe('the table of options', () => {
  const rows: [string, OptionRow][] = Object.entries(OPTIONS);

  it.each(rows.filter(([, { type }]) => type === 'integer'))('%s has its bounds and its default', (name, row) => {
    const of = (value: number | undefined) => valueAt(toSettings({ ...OPTIONS_GIVEN, [name]: value }), name);
    const { min = 0, max = 0, env, envUnit } = row;
    expect([of(undefined), of(min), of(max)]).toEqual([row.default, min, max]);
    expect(() => of(min - 1)).toThrow(`${name} must be a whole number from ${min} to ${max}`);
    expect(() => of(max + 1)).toThrow(TypeError);

    const scale = envUnit === 's' ? 1000 : 1;
    const read = (text: string) => valueAt(fromEnv({ CYBERARK_API_KEY: 'sesame', [env[0]]: text }), name);
    expect([read(''), read(` ${min / scale} `), read(String(max / scale))]).toEqual([row.default, min, max]);
    expect(() => read(String(max / scale + 1))).toThrow(
      `${env[0]} must be a whole number from ${min / scale} to ${max / scale}`,
    );
  });

  it.each(rows)('%s is an option of the interface, by a name in the environment that no other row has', (name, row) => {
    const settings: unknown = toSettings({ ...OPTIONS_GIVEN, proxy: { http: 'http://p' } });
    const [first = '', second] = name.split('.');
    expect(settings).toHaveProperty(first);
    expect(second === undefined || first === 'auth' || valueAt(settings as never, first) !== undefined).toBe(true);
    const others = rows.filter(([other]) => other !== name).flatMap(([, { env }]) => env);
    expect(row.env.filter((variable) => others.includes(variable))).toEqual([]);
  });
});

describe('what messages call an option', () => {
  const environment = { CONJUR_APPLIANCE_URL: 'https://conjur.example', CYBERARK_API_KEY: 'sesame' };

  it('is the option itself where a program wrote it out', () => {
    const nameOf = createNameOf(OPTIONS_GIVEN);
    expect([nameOf('baseUrl'), nameOf('timeoutMs')]).toEqual(['baseUrl', 'timeoutMs']);
  });

  it('is the variable that it came from, or should come from, where the environment was read', () => {
    const nameOf = createNameOf(fromEnv(environment));
    expect([nameOf('baseUrl'), nameOf('auth.apiKey'), nameOf('timeoutMs'), nameOf('auth.jwtFile')]).toEqual([
      'CONJUR_APPLIANCE_URL',
      'CYBERARK_API_KEY',
      'CYBERARK_TIMEOUT_MS',
      'CYBERARK_AUTHN_JWT_FILE',
    ]);
    expect(nameOf('proxy.https')).toBe('HTTPS_PROXY');
    // Lists too, after the settings have been checked and filled in: this is what a function says to its operator.
    const ofSettings = createNameOf(toSettings(fromEnv(environment)));
    expect([ofSettings('grantWrite'), ofSettings('baseUrl')]).toEqual(['CYBERARK_GRANT_WRITE', 'CONJUR_APPLIANCE_URL']);
  });

  it('is the option again where a program has overridden it', () => {
    const nameOf = createNameOf({ ...fromEnv(environment), baseUrl: 'https://other.example' });
    expect([nameOf('baseUrl'), nameOf('account')]).toEqual(['baseUrl', 'CYBERARK_ACCOUNT']);
  });
});
