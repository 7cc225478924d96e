import { describe, expect, it } from 'vitest';
import { inferAuthenticator } from '../../../../lib/auth/auth-options.ts';
import type { OptionName } from '../../../../lib/options.ts';
import { Secret } from '../../../../lib/secret.ts';
import { toSettings } from '../../../../lib/settings.ts';
import { createCertificateAuthority } from '../../../support/certificates.ts';

const issued = await (await createCertificateAuthority('CA')).issueClient({ commonName: 'app' });
const tls = { clientCert: issued.cert, clientKey: issued.key };

function settle(auth: Record<string, unknown>, more: object = {}): unknown {
  try {
    return toSettings({ baseUrl: 'https://conjur.example', auth, ...more } as never).auth;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the authenticator that is meant', () => {
  it.each<[string, OptionName[]]>([
    ['api-key', []],
    ['iam', ['auth.serviceId']],
    ['cert', ['tls.clientCert', 'auth.serviceId']],
    ['oidc', ['auth.idToken', 'tls.clientCert', 'auth.serviceId']],
    ['api-key', ['auth.apiKey', 'auth.idToken', 'tls.clientCert', 'auth.serviceId']],
    ['api-key', ['auth.apiKeySecretId', 'auth.idToken', 'tls.clientCert', 'auth.serviceId']],
    ['token-file', ['auth.tokenFile', 'auth.apiKey', 'auth.idToken']],
    ['jwt', ['auth.jwt', 'auth.tokenFile', 'auth.apiKey', 'auth.serviceId']],
    ['jwt', ['auth.jwtFile', 'auth.tokenFile', 'auth.apiKey', 'auth.serviceId']],
  ])('is %s where these are given: %j', (type, given) => {
    expect(inferAuthenticator((option) => given.includes(option))).toBe(type);
  });
});

describe('what a login has', () => {
  const key = Secret.of('sesame');
  const service = { serviceId: 'id' };
  const host = { login: 'host/a' };
  const jwt = async () => 'token';

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['api-key', { apiKey: key }, { login: 'admin', apiKey: key, apiKeySecretId: undefined }],
    ['api-key', { apiKey: key, ...host }, { ...host, apiKey: key, apiKeySecretId: undefined }],
    // The secret heals where it was rotated.
    ['api-key', { apiKey: key, apiKeySecretId: 's' }, { login: 'admin', apiKey: undefined, apiKeySecretId: 's' }],
    ['jwt', { jwt, ...service }, { login: undefined, ...service, jwt, jwtFile: undefined }],
    ['jwt', { jwt, jwtFile: '/t', ...service, ...host }, { ...host, ...service, jwt: undefined, jwtFile: '/t' }],
    [
      'iam',
      { ...host, ...service, region: 'eu-west-1' },
      { ...host, ...service, region: 'eu-west-1', sts: 'regional' },
    ],
    ['iam', { ...host, ...service, sts: 'global' }, { ...host, ...service, region: undefined, sts: 'global' }],
    ['azure', { ...host, ...service }, { ...host, ...service, clientId: undefined, metadataUrl: undefined }],
    ['azure', { ...host, ...service, clientId: 'c' }, { ...host, ...service, clientId: 'c', metadataUrl: undefined }],
    ['gcp', host, { ...host, metadataUrl: undefined }],
    ['ldap', { login: 'alice', ...service, password: key }, { login: 'alice', ...service, password: key }],
    ['oidc', { ...service, idToken: key }, { login: undefined, ...service, idToken: key }],
    ['token-file', { tokenFile: '/t' }, { login: undefined, tokenFile: '/t' }],
  ])('by %s with %j', (type, auth, settings) => {
    expect(settle({ type, ...auth })).toEqual({ type, ...settings });
  });

  it('by cert is what its certificate does not say', () => {
    const nothing = { login: undefined, serviceId: undefined, apiKey: undefined, apiKeySecretId: undefined };
    expect(settle({ type: 'cert' }, { tls })).toEqual({ type: 'cert', ...nothing });
    const auth = { type: 'cert', ...host, ...service, apiKey: key };
    expect(settle(auth, { tls })).toEqual({ ...auth, apiKeySecretId: undefined });
  });

  it('by ldap is the api key where there is no password', () => {
    expect(settle({ type: 'ldap', login: 'alice', ...service, apiKey: key })).toMatchObject({ password: key });
  });
});

describe('what a login misses is told, all of it together', () => {
  it.each([
    ['api-key', {}, ['auth.apiKey is missing (or auth.apiKeySecretId, or another authenticator by auth.type)']],
    ['cert', {}, ['tls.clientCert is missing, which authn-cert logs in with']],
    [
      'jwt',
      {},
      [
        'auth.jwt is missing (or auth.jwtFile): authn-jwt logs in with a JSON web token',
        'auth.serviceId is missing, which names the service of authn-jwt',
      ],
    ],
    [
      'iam',
      {},
      [
        'auth.region is missing, which authn-iam signs for (or set auth.sts to global)',
        'auth.login must be host/<policy path>/<aws account>/<role name> for authn-iam',
        'auth.serviceId is missing, which names the service of authn-iam',
      ],
    ],
    [
      'azure',
      {},
      [
        'auth.login is missing: authn-azure logs in a host, host/path/name',
        'auth.serviceId is missing, which names the service of authn-azure',
      ],
    ],
    ['gcp', {}, ['auth.login is missing: authn-gcp logs in a host, host/path/name']],
    ['gcp', { login: 'alice' }, ['auth.login must begin with host/']],
    [
      'ldap',
      {},
      [
        'auth.login is missing: authn-ldap logs in a user',
        'auth.password is missing, which authn-ldap logs in with',
        'auth.serviceId is missing, which names the service of authn-ldap',
      ],
    ],
    [
      'oidc',
      {},
      [
        'auth.idToken is missing, which authn-oidc logs in with',
        'auth.serviceId is missing, which names the service of authn-oidc',
      ],
    ],
    ['token-file', {}, ['auth.tokenFile is missing']],
  ])('%s, %j', (type, auth, problems) => {
    expect(settle({ type, ...auth })).toBe(problems.join('; '));
  });
});
