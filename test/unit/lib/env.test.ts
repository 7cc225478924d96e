import { describe, expect, it } from 'vitest';
import { type FunctionSettings, parseFunctionSettings } from '../../../functions/runtime/settings.ts';
import { readVariables } from '../../../lib/env.ts';
import { Problems } from '../../../lib/option-values.ts';
import { OPTIONS } from '../../../lib/options.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { refusalBy } from '../../support/refusal-by.ts';

const KEY = { CYBERARK_API_KEY: 'sesame' };

const issued = await (await createCertificateAuthority('CA')).issueClient({ commonName: 'app' });
const CERT = `${issued.cert.trim()}\n`;
const PRIVATE_KEY = `${issued.key.trim()}\n`;

function parse(environment: Record<string, string>, files: Record<string, string> = {}) {
  return parseFunctionSettings(environment, {
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error(`ENOENT: ${path}`);
      return content;
    },
  });
}

function apiKeyOf({ auth }: FunctionSettings): string | undefined {
  return 'apiKey' in auth ? auth.apiKey?.expose() : undefined;
}

function problemsOf(environment: Record<string, string>, files: Record<string, string> = {}): string {
  return refusalBy(() => parse(environment, files));
}

describe('the settings', () => {
  it('have their documented defaults', () => {
    const { settings, warnings } = parse(KEY);
    expect(warnings).toEqual([]);
    expect({ ...settings, baseUrl: settings.baseUrl.href }).toMatchObject({
      baseUrl: 'http://127.0.0.1:8080/',
      readBaseUrls: [],
      account: 'default',
      auth: { type: 'api-key', login: 'admin', apiKeySecretId: undefined },
      tls: { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined },
      proxy: undefined,
      refreshIntervalMs: 300_000,
      policyBranch: 'root',
      grantRead: [],
      grantWrite: [],
      allowDelete: false,
      timeoutMs: 5_000,
      maxAttempts: 5,
      secretCacheTtlMs: 0,
      secretStaleIfErrorMs: 0,
      secretCacheMaxEntries: 1_000,
      secretCacheMaxBytes: 8 * 1024 * 1024,
    });
    expect(apiKeyOf(settings)).toBe('sesame');
  });

  it('take Conjur’s own names where ours are absent, and ours before them', () => {
    const conjur = {
      CONJUR_APPLIANCE_URL: 'https://conjur.example/api',
      CONJUR_ACCOUNT: 'prod',
      CONJUR_AUTHN_LOGIN: 'host/app/one',
      CONJUR_AUTHN_API_KEY: 'key',
      CONJUR_CERT_FILE: '/ca.pem',
    };
    const { settings } = parse(conjur, { '/ca.pem': CERT });
    expect(settings.baseUrl.href).toBe('https://conjur.example/api');
    expect([settings.account, settings.auth.login, apiKeyOf(settings)]).toEqual(['prod', 'host/app/one', 'key']);
    expect(settings.tls.ca).toBe(CERT);
    expect(parse({ ...conjur, CYBERARK_ACCOUNT: 'ours' }, { '/ca.pem': CERT }).settings.account).toBe('ours');
  });

  it.each([
    ['CONJUR_AUTHN_JWT_HOST_ID', 'app/one', 'host/app/one'],
    ['CONJUR_AUTHN_JWT_HOST_ID', 'host/app/one', 'host/app/one'],
    ['CONJUR_AUTHN_JWT_HOST_ID', 'app/host/', 'host/app/host/'],
    ['CYBERARK_USERNAME', 'app/one', 'app/one'],
    ['CONJUR_AUTHN_LOGIN', 'alice', 'alice'],
  ])('take %s=%s for the login %s', (variable, text, login) => {
    const environment = { CYBERARK_AUTHN_JWT: 'x', CYBERARK_AUTHN_SERVICE_ID: 'ci', [variable]: text };
    expect(parse(environment).settings.auth.login).toBe(login);
  });

  it.each(['', ' ', '\n'])('take %j for a variable that is not set', (text) => {
    const environment = { ...KEY, CYBERARK_ACCOUNT: text, CONJUR_ACCOUNT: 'acme', CYBERARK_MAX_ATTEMPTS: text };
    expect(parse(environment).settings).toMatchObject({ account: 'acme', maxAttempts: 5 });
  });

  it('report all faults together, by name, and never a value', () => {
    const message = problemsOf({
      CYBERARK_API_BASE: 'ftp://sesame',
      CYBERARK_REFRESH_INTERVAL: 'sesame',
      CYBERARK_MAX_ATTEMPTS: '0',
      CYBERARK_SSL_VERIFY: 'perhaps',
      CYBERARK_CA_CERT: 'sesame',
      CYBERARK_AUTHN: 'password',
      CYBERARK_GRANT_READ: 'sesame',
      CYBERARK_POLICY_BRANCH: 'a//b',
      CYBERARK_AUTHN_IAM_STS: 'sesame',
      HTTPS_PROXY: 'socks5://sesame',
    });
    for (const variable of [
      'CYBERARK_API_BASE',
      'CYBERARK_REFRESH_INTERVAL',
      'CYBERARK_MAX_ATTEMPTS',
      'CYBERARK_SSL_VERIFY',
      'CYBERARK_CA_CERT',
      'CYBERARK_AUTHN',
      'CYBERARK_GRANT_READ',
      'CYBERARK_POLICY_BRANCH',
      'CYBERARK_AUTHN_IAM_STS',
      'HTTPS_PROXY',
      'CYBERARK_API_KEY',
    ])
      expect(message).toContain(variable);
    expect(message).not.toContain('sesame');
  });

  it.each([
    ['an api key', KEY, 'api-key'],
    ['a secret’s id', { CYBERARK_API_KEY_SECRET_ID: 'conjur/key' }, 'api-key'],
    ['a JWT', { CYBERARK_AUTHN_JWT: 'x', CYBERARK_AUTHN_SERVICE_ID: 'ci' }, 'jwt'],
    ['a JWT’s file', { CYBERARK_AUTHN_JWT_FILE: '/token', CYBERARK_AUTHN_SERVICE_ID: 'ci' }, 'jwt'],
    ['a certificate', { CYBERARK_CLIENT_CERT: CERT, CYBERARK_CLIENT_KEY: PRIVATE_KEY }, 'cert'],
    ['a certificate and a key', { ...KEY, CYBERARK_CLIENT_CERT: CERT, CYBERARK_CLIENT_KEY: PRIVATE_KEY }, 'api-key'],
    [
      'a service id alone',
      { CYBERARK_AUTHN_SERVICE_ID: 'prod', CYBERARK_USERNAME: 'host/a', AWS_REGION: 'eu-west-1' },
      'iam',
    ],
  ])('infer the authenticator from %s', (_, environment, authn) => {
    expect(parse(environment).settings.auth.type).toBe(authn);
  });

  it.each([
    ['CYBERARK_USERNAME', { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'prod', AWS_REGION: 'eu-west-1' }],
    ['AWS_REGION', { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'prod', CYBERARK_USERNAME: 'host/a' }],
    ['CYBERARK_AUTHN_SERVICE_ID', { CYBERARK_AUTHN: 'iam', CYBERARK_USERNAME: 'host/a', AWS_REGION: 'eu-west-1' }],
    ['CYBERARK_AUTHN_SERVICE_ID', { CYBERARK_AUTHN_JWT: 'x' }],
    ['CYBERARK_AUTHN_JWT', { CYBERARK_AUTHN: 'jwt', CYBERARK_AUTHN_SERVICE_ID: 'ci' }],
    ['CYBERARK_CLIENT_CERT', { CYBERARK_AUTHN: 'cert' }],
    ['CYBERARK_CLIENT_KEY', { ...KEY, CYBERARK_CLIENT_CERT: CERT }],
    ['CYBERARK_API_KEY', {}],
  ])('miss %s', (variable, environment) => {
    expect(problemsOf(environment)).toContain(variable);
  });

  it('take a PEM by path, inline, and with its line breaks written out', () => {
    const files = { '/etc/cert.pem': CERT, '/etc/key.pem': PRIVATE_KEY };
    const byPath = { CYBERARK_CLIENT_CERT: '/etc/cert.pem', CYBERARK_CLIENT_KEY: '/etc/key.pem' };
    const inline = { CYBERARK_CLIENT_CERT: CERT, CYBERARK_CLIENT_KEY: PRIVATE_KEY.replaceAll('\n', '\\n') };
    for (const environment of [byPath, inline]) {
      const { tls } = parse(environment, files).settings;
      expect([tls.clientCert?.expose(), tls.clientKey?.expose()]).toEqual([CERT, PRIVATE_KEY]);
    }
  });

  it('refuse a key in the place of a certificate, without showing it', () => {
    const message = problemsOf({ ...KEY, CYBERARK_CA_CERT: PRIVATE_KEY });
    expect(message).toContain('CYBERARK_CA_CERT');
    for (const line of PRIVATE_KEY.split('\n').slice(1, -2)) expect(message).not.toContain(line);
  });
});

describe('settings without effect', () => {
  it.each([
    [
      'an api key beside a secret’s id',
      { ...KEY, CYBERARK_API_KEY_SECRET_ID: 'conjur/key' },
      'CYBERARK_API_KEY is not',
    ],
    [
      'stale values without a cache',
      { ...KEY, CYBERARK_SECRET_STALE_IF_ERROR: '60' },
      'CYBERARK_SECRET_STALE_IF_ERROR',
    ],
  ])('are warned of: %s', (_, environment, warning) => {
    expect(parse(environment).warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('are not seen where they have one', () => {
    const cache = { CYBERARK_SECRET_CACHE_TTL: '60', CYBERARK_SECRET_STALE_IF_ERROR: '60' };
    expect(parse({ ...KEY, ...cache }).warnings).toEqual([]);
  });
});

describe('the security of the connection', () => {
  const DEPLOYED = { AWS_LAMBDA_FUNCTION_NAME: 'read-secret' };
  const PLAIN = { CYBERARK_API_BASE: 'http://conjur.internal' };
  const UNVERIFIED = { CYBERARK_API_BASE: 'https://conjur.internal', CYBERARK_SSL_VERIFY: 'false' };

  it.each([
    ['plain http to another host', PLAIN, 'unencrypted'],
    ['plain http to a LiteLLM on another host', { LITELLM_API_BASE: 'http://litellm:4000' }, 'LITELLM_API_BASE'],
    ['unverified TLS', UNVERIFIED, 'CYBERARK_SSL_VERIFY is false'],
  ])('warns of %s', (_, environment, warning) => {
    const { warnings } = parse({ ...KEY, ...environment });
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('does not warn of plain http on the loopback', () => {
    const environment = { CYBERARK_API_BASE: 'http://[::1]:8080', LITELLM_API_BASE: 'http://127.0.0.1:4000' };
    expect(parse({ ...KEY, ...environment }).warnings).toEqual([]);
  });

  it.each([
    ['plain http in a deployed function', { ...DEPLOYED, ...PLAIN }],
    ['unverified TLS in a deployed function', { ...DEPLOYED, ...UNVERIFIED }],
    ['plain http where TLS is required', { ...PLAIN, CYBERARK_REQUIRE_TLS: 'true' }],
    ['plain http on the loopback where TLS is required', { CYBERARK_REQUIRE_TLS: 'true' }],
    ['a follower on plain http', { ...DEPLOYED, CYBERARK_API_BASE: 'https://a', CYBERARK_READ_API_BASE: 'http://b' }],
  ])('refuses %s', (_, environment) => {
    expect(problemsOf({ ...KEY, ...environment })).toContain('CYBERARK_REQUIRE_TLS');
  });

  it('lets a deployed function opt out', () => {
    expect(parse({ ...KEY, ...DEPLOYED, ...PLAIN, CYBERARK_REQUIRE_TLS: 'false' }).warnings).toHaveLength(1);
  });
});

describe('the proxy', () => {
  it('is taken from the usual variables, in lower case first, and its password is no text', () => {
    const { proxy } = parse({
      ...KEY,
      https_proxy: 'http://user:sesame@lower:3128',
      HTTPS_PROXY: 'http://upper:3128',
      HTTP_PROXY: 'plain:3128',
      NO_PROXY: '.internal,127.0.0.1',
    }).settings;
    expect(proxy?.https?.expose()).toBe('http://user:sesame@lower:3128');
    expect(proxy?.http?.expose()).toBe('http://plain:3128');
    expect(proxy?.except).toBe('.internal,127.0.0.1');
    expect(JSON.stringify(proxy)).not.toContain('sesame');
  });
});

it('an option is called by its variable in upper case, or else by the only one that it has', () => {
  const table = {
    proxy: { ...OPTIONS['proxy.http'], env: ['http_proxy', 'HTTP_PROXY'] as const },
    low: { ...OPTIONS.account, env: ['low', 'lower'] as const },
  };
  const { nameOf } = readVariables({}, table, new Problems());
  expect([nameOf('proxy'), nameOf('low'), nameOf('none')]).toEqual(['HTTP_PROXY', 'low', 'none']);
});
