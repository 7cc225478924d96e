import { describe, expect, it } from 'vitest';
import { fromEnv } from '../../../../lib/env.ts';
import { isTenant, toApiUrl } from '../../../../lib/saas/edition.ts';
import { toSettings } from '../../../../lib/settings.ts';

const AUTH = { type: 'api-key', login: 'host/data/app', apiKey: 'key' } as const;

describe('the edition', () => {
  it.each([
    'https://acme.secretsmgr.cyberark.cloud',
    'https://acme-secretsmanager.cyberark.cloud/api',
    'https://acme.secretsmgr.integration-cyberark.cloud',
    'https://acme-secretsmanager.dev-cyberark.cloud',
    'https://ACME.secretsmgr.pt-cyberark.cloud',
  ])('is saas by the host name of a tenant: %s', (url) => {
    const { edition, account, policyBranch, baseUrl } = toSettings({ baseUrl: url, auth: AUTH });
    expect({ edition, account, policyBranch }).toEqual({ edition: 'saas', account: 'conjur', policyBranch: 'data' });
    expect(baseUrl.pathname).toBe('/api');
  });

  it.each([
    'https://conjur.example.com',
    'https://cyberark.cloud',
    'https://secretsmgr.cyberark.cloud',
    'https://acme.secretsmgr.cyberark.cloud.evil.example',
    'https://acme.secretsmgr.evil-cyberark.cloud',
    'https://acmesecretsmgr.cyberark.cloud',
    'https://a.acme.secretsmgr.cyberark.cloud',
  ])('is self-hosted for any other: %s', (url) => {
    expect(isTenant(new URL(url))).toBe(false);
    expect(toSettings({ baseUrl: url, auth: AUTH })).toMatchObject({
      edition: 'self-hosted',
      account: 'default',
      policyBranch: 'root',
    });
  });

  it('is what the options say, for an Edge or a service of another name', () => {
    const edge = toSettings({ baseUrl: 'https://edge.internal:8443/', edition: 'saas', auth: AUTH });
    expect([edge.baseUrl.href, edge.account]).toEqual(['https://edge.internal:8443/api', 'conjur']);
    const url = 'https://acme.secretsmgr.cyberark.cloud';
    expect(toSettings({ baseUrl: url, edition: 'self-hosted', auth: AUTH }).baseUrl.href).toBe(`${url}/`);
    expect(toSettings({ baseUrl: url, account: 'other', auth: AUTH }).account).toBe('other');
  });

  it.each([
    ['saas', 'saas'],
    ['cloud', 'saas'],
    ['self-hosted', 'self-hosted'],
    ['enterprise', 'self-hosted'],
    ['oss', 'self-hosted'],
  ])('%s of CONJUR_ENVIRONMENT is %s', (text, edition) => {
    expect(fromEnv({ CONJUR_ENVIRONMENT: text, CYBERARK_API_KEY: 'key' })).toMatchObject({ edition });
  });

  it.each([
    ['/', '/api'],
    ['/api', '/api'],
    ['/api/', '/api/'],
    ['/proxy', '/proxy/api'],
    ['/proxy/api', '/proxy/api'],
    ['/api/proxy', '/api/proxy/api'],
  ])('/api is added where it lacks: %s', (path, expected) => {
    expect(toApiUrl(new URL(path, 'https://h')).pathname).toBe(expected);
  });

  it('the host stays, whatever the path looks like', () => {
    expect(toApiUrl(new URL('https://acme.secretsmgr.cyberark.cloud//evil.example/x')).href).toBe(
      'https://acme.secretsmgr.cyberark.cloud//evil.example/x/api',
    );
  });
});

describe('what the service lacks', () => {
  const tenant = 'https://acme.secretsmgr.cyberark.cloud';

  it.each([
    ['auth.type', { auth: { type: 'cert' }, tls: { clientCert: 'x', clientKey: 'y' } }],
    ['policyBranch', { policyBranch: 'root' }],
    ['policyBranch', { policyBranch: 'database' }],
    ['baseUrl', { baseUrl: tenant.replace('https', 'http') }],
  ])('is said at start: %s %j', (option, bad) => {
    expect(() => toSettings({ baseUrl: tenant, auth: AUTH, ...bad } as never)).toThrow(option);
  });

  it('is said of a host outside data', () => {
    const warnings: string[] = [];
    const environment = { CYBERARK_API_BASE: tenant, CYBERARK_USERNAME: 'host/app/one', CYBERARK_API_KEY: 'key' };
    fromEnv(environment, { warn: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringContaining('CYBERARK_USERNAME names a host outside data')]);
  });
});
