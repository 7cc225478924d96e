import type { AuthenticatorKind } from '../authn/authenticator.ts';
import type { KeyManagementSettings } from '../key-management/key-management-settings.ts';
import type { Secret } from '../secret.ts';

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
  readonly allowDelete: boolean;
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
  readonly keyManagement: KeyManagementSettings;
  readonly litellm: LitellmSettings;
  /** Name or ARN of the EventBridge bus that is told of rotations; undefined: none is. */
  readonly rotationEventBus: string | undefined;
}

export interface TlsSettings {
  /** False: any certificate is taken. */
  readonly verify: boolean;
  /** PEM. When given, the only authorities that are trusted; otherwise the system's. */
  readonly ca: string | undefined;
  /** PEM of the client certificate. A file of one often holds its private key too. */
  readonly clientCert: Secret | undefined;
  /** PEM of its private key. */
  readonly clientKey: Secret | undefined;
}

export const IAM_STS = ['regional', 'global'] as const;

export type IamSts = (typeof IAM_STS)[number];

export interface ProxySettings {
  /** URL of the proxy for http; also for https where that has none of its own. May hold a password. */
  readonly http: Secret | undefined;
  /** URL of the proxy for https. */
  readonly https: Secret | undefined;
  /** Hosts that are reached directly, as `NO_PROXY` lists them. */
  readonly except: string;
}

export interface LitellmSettings {
  readonly baseUrl: URL | undefined;
  readonly masterKey: Secret | undefined;
  /** Secrets Manager id or ARN of the master key. */
  readonly masterKeySecretId: string | undefined;
}
