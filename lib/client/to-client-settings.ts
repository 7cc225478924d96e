import { inferAuthenticator } from '../authn/infer-authenticator.ts';
import { Secret } from '../secret.ts';
import type { ClientSettings } from '../settings/client-settings.ts';
import type { ProxySettings, TlsSettings } from '../settings/settings.ts';
import type { ClientProxyOptions, ClientTlsOptions, ConjurClientOptions } from './conjur-client-options.ts';

/**
 * Fills in the defaults.
 * @throws TypeError that names the option, for one that is not what it should be: a mistake of the program and not of its operator
 */
export function toClientSettings(options: ConjurClientOptions): ClientSettings {
  const tls = toTls(options.tls ?? {});
  const given = {
    apiKey: toSecret(options.apiKey),
    apiKeySecretId: options.apiKeySecretId,
    authnServiceId: options.authnServiceId,
    jwt: toSecret(options.jwt),
    jwtFile: options.jwtFile,
  };
  return {
    ...given,
    tls,
    authn: options.authn ?? inferAuthenticator(given, tls),
    baseUrl: toUrl('baseUrl', options.baseUrl),
    readBaseUrls: (options.readBaseUrls ?? []).map((url) => toUrl('readBaseUrls', url)),
    account: options.account ?? 'default',
    login: options.login ?? 'admin',
    loginGiven: options.loginGiven ?? options.login !== undefined,
    iamSts: options.iamSts ?? 'regional',
    awsRegion: options.awsRegion,
    proxy: toProxy(options.proxy),
    policyBranch: options.policyBranch ?? 'root',
    grantRead: options.grantRead ?? [],
    grantWrite: options.grantWrite ?? [],
    refreshIntervalMs: within('refreshIntervalMs', options.refreshIntervalMs ?? 300_000, 1_000, 18_000_000),
    timeoutMs: within('timeoutMs', options.timeoutMs ?? 5_000, 1, 900_000),
    maxAttempts: within('maxAttempts', options.maxAttempts ?? 5, 1, 100),
    secretCacheTtlMs: within('secretCacheTtlMs', options.secretCacheTtlMs ?? 0, 0, 86_400_000),
    secretStaleIfErrorMs: within('secretStaleIfErrorMs', options.secretStaleIfErrorMs ?? 0, 0, 86_400_000),
    secretCacheMaxEntries: within('secretCacheMaxEntries', options.secretCacheMaxEntries ?? 1_000, 1, 1_000_000),
    secretCacheMaxBytes: within('secretCacheMaxBytes', options.secretCacheMaxBytes ?? 2 ** 23, 1_024, 2 ** 30),
  };
}

function toTls({ verify = true, ca, clientCert, clientKey }: ClientTlsOptions): TlsSettings {
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw new TypeError('tls.clientCert and tls.clientKey must be given together');
  }
  return { verify, ca, clientCert: toSecret(clientCert), clientKey: toSecret(clientKey) };
}

function toProxy(proxy: ClientProxyOptions | undefined): ProxySettings | undefined {
  if (proxy?.http === undefined && proxy?.https === undefined) return undefined;
  return { http: toSecret(proxy.http), https: toSecret(proxy.https), except: proxy.except ?? '' };
}

function toSecret(value: Secret | string | undefined): Secret | undefined {
  return typeof value === 'string' ? Secret.of(value) : value;
}

function toUrl(option: string, value: URL | string): URL {
  const url = URL.canParse(String(value)) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(`${option} must be a URL that begins with http:// or https://`);
  }
  return url;
}

function within(option: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(`${option} must be a whole number from ${min} to ${max}`);
}
