import type { AuthenticatorKind } from '../authn/authenticator.ts';
import type { Secret } from '../secret.ts';
import type { IamSts } from '../settings/settings.ts';

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
