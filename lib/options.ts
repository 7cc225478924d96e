import { type AuthenticatorKind, inferAuthenticator } from './auth/authenticator.ts';
import type { ProxySettings, TlsSettings } from './http/dispatchers.ts';
import { Secret } from './secret.ts';

export interface ClientTlsOptions {
  /** False: any certificate is taken. Default true. */
  readonly verify?: boolean | undefined;
  /** PEM. When given, the only authorities that are trusted. Default: Node's trust store. */
  readonly ca?: string | undefined;
  /** PEM of the client certificate; the key goes with it. */
  readonly clientCert?: Secret | string | undefined;
  /** PEM of its private key. */
  readonly clientKey?: Secret | string | undefined;
}

export interface ClientProxyOptions {
  /** URL of the proxy for http; also for https where that has none of its own. May hold user and password. */
  readonly http?: Secret | string | undefined;
  /** URL of the proxy for https. */
  readonly https?: Secret | string | undefined;
  /** Hosts that are reached directly, as `NO_PROXY` lists them: `.internal,127.0.0.1`. Default: none. */
  readonly except?: string | undefined;
}

/**
 * What a client needs to know. The outcome of `parseSettings` is one; a program that does not configure itself by the environment
 * writes it out. Everything but `baseUrl` and a credential has a default.
 */
export interface ConjurClientOptions {
  /** Base URL of Conjur (the leader); its path is kept: `https://host/api`. */
  readonly baseUrl: URL | string;
  /** Base URLs of followers, which reads are sent to in order, and then to the leader. Default: none. */
  readonly readBaseUrls?: readonly (URL | string)[] | undefined;
  /** Default `default`. */
  readonly account?: string | undefined;
  /** As Conjur spells it, not url-encoded: `host/path/name`. Default `admin`; with `jwt` and `cert`, what the credential says. */
  readonly login?: string | undefined;
  /** False where `login` is only a default. Default: whether `login` is given. */
  readonly loginGiven?: boolean | undefined;
  readonly apiKey?: Secret | string | undefined;
  /** Secrets Manager id or ARN of the credential: a bare api key, or `{"username","api_key"}`. Goes before `apiKey`. */
  readonly apiKeySecretId?: string | undefined;
  /** Default: inferred from the credential that is given. */
  readonly authn?: AuthenticatorKind | undefined;
  /** Of `authn-iam/<id>`, `authn-jwt/<id>`, `authn-cert/<id>`. */
  readonly authnServiceId?: string | undefined;
  /** Default `regional`. */
  readonly iamSts?: IamSts | undefined;
  /** AWS region that `iam` signs for. No default. */
  readonly awsRegion?: string | undefined;
  readonly jwt?: Secret | string | undefined;
  /** Path of a file that holds the JWT; read anew for every authentication. */
  readonly jwtFile?: string | undefined;
  /** Default: verified by Node's trust store, and no client certificate. */
  readonly tls?: ClientTlsOptions | undefined;
  /** Default: none. */
  readonly proxy?: ClientProxyOptions | undefined;
  /** Milliseconds after which a session token is refreshed. Default 300,000; 1,000 to 18,000,000. */
  readonly refreshIntervalMs?: number | undefined;
  /** The branch that new variables are loaded into. Default `root`. */
  readonly policyBranch?: string | undefined;
  /** Roles that get `[read, execute]` on each variable that is made, such as `group:app/readers`. Default: none. */
  readonly grantRead?: readonly string[] | undefined;
  /** Roles that get `[read, update]`. Default: none. */
  readonly grantWrite?: readonly string[] | undefined;
  /** Milliseconds per attempt. Default 5,000; 1 to 900,000. */
  readonly timeoutMs?: number | undefined;
  /** Attempts per request. Default 5; 1 to 100. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds for which values are cached. Default 0: not at all. */
  readonly secretCacheTtlMs?: number | undefined;
  /** Milliseconds after that for which a value may be given out where Conjur fails, marked as stale. Default 0. */
  readonly secretStaleIfErrorMs?: number | undefined;
  /** Values that the cache holds at most. Default 1,000. */
  readonly secretCacheMaxEntries?: number | undefined;
  /** Bytes that the cache holds at most. Default 8 MiB. */
  readonly secretCacheMaxBytes?: number | undefined;
}

/**
 * Fills in the defaults.
 * @throws TypeError that names the option, for one that is not what it should be: a mistake of the program and not of its operator
 */
export function toSettings(options: ConjurClientOptions): Settings {
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

/** What the environment says, checked and with defaults; docs/settings.md has the variables. */
export interface Settings {
  /** Base URL of the leader, with the path that stands in front of every request's. */
  readonly baseUrl: URL;
  /** Base URLs of followers, in the order in which they are asked. */
  readonly readBaseUrls: readonly URL[];
  readonly account: string;
  /** As Conjur spells it, not url-encoded: `admin`, `host/path/name`. */
  readonly login: string;
  /** False where nobody named a login and the default stands in; `jwt` and `cert` then let the credential itself say who it is. */
  readonly loginGiven: boolean;
  readonly apiKey: Secret | undefined;
  /** Secrets Manager id or ARN of the credential. */
  readonly apiKeySecretId: string | undefined;
  readonly authn: AuthenticatorKind;
  /** Of `authn-iam/<id>`, `authn-jwt/<id>`, `authn-cert/<id>`. */
  readonly authnServiceId: string | undefined;
  /** Which STS host the signature of `iam` is for: the region's own, or the global one in us-east-1. */
  readonly iamSts: IamSts;
  /** Region of `iam`'s signature. */
  readonly awsRegion: string | undefined;
  readonly jwt: Secret | undefined;
  /** Path of a file that holds the JWT; it is read anew for every authentication. */
  readonly jwtFile: string | undefined;
  readonly tls: TlsSettings;
  /** Undefined: every server is reached directly. */
  readonly proxy: ProxySettings | undefined;
  readonly refreshIntervalMs: number;
  readonly policyBranch: string;
  /** Roles that get `[read, execute]` on each variable that is made, such as `group:litellm/readers`. */
  readonly grantRead: readonly string[];
  /** Roles that get `[read, update]`. */
  readonly grantWrite: readonly string[];
  /** Per attempt. */
  readonly timeoutMs: number;
  /** Per request. */
  readonly maxAttempts: number;
  /** 0: no value cache. */
  readonly secretCacheTtlMs: number;
  /** How long after its TTL a cached value may be given out when Conjur fails. 0: not at all. */
  readonly secretStaleIfErrorMs: number;
  /** Values that the cache holds at most. */
  readonly secretCacheMaxEntries: number;
  /** Bytes of values that the cache holds at most. */
  readonly secretCacheMaxBytes: number;
}

export const IAM_STS = ['regional', 'global'] as const;

export type IamSts = (typeof IAM_STS)[number];

export type { ProxySettings, TlsSettings } from './http/dispatchers.ts';
