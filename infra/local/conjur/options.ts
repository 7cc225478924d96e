import type { LocalIamOptions, LocalJwtOptions, LocalLdapOptions } from './authn/options.ts';
import type { Edition } from './edition.ts';
import type { SeenRequest } from './http/create-app.ts';
import type { CloudIdentity } from './metadata/cloud-identity.ts';

/** Certificates of a server that speaks TLS. All are PEM texts, not paths. */
export interface LocalTls {
  readonly cert: string;
  readonly key: string;
  /** CA of client certificates. When given, clients are asked for one. */
  readonly clientCa?: string;
  /**
   * Who must show a certificate: every client (`required`, the default: others do not get past the handshake), whoever
   * logs in with an api key (`authn`: both are then needed), or only who logs in by `authn-cert` (`optional`).
   */
  readonly clientCertificates?: 'required' | 'authn' | 'optional';
}

/** How a local Conjur behaves. Everything has a default. */
export interface LocalConjurOptions {
  /** Port to listen on; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /**
   * `self-hosted` (the default), or `saas`: the vendor's service, with `/api` before every path, the account `conjur`, the second
   * API and no loads into the root policy.
   */
  readonly edition?: Edition;
  /** Default `default`; `conjur` on `saas`, which has no other. */
  readonly account?: string;
  /** Api key of the login `admin`. Default: the one in the data file, or a new one. */
  readonly adminApiKey?: string;
  /** Path of the data file, or `:memory:` (the default). */
  readonly data?: string;
  /**
   * Whether a host gets an api key unasked, as the setting `CONJUR_AUTHN_API_KEY_DEFAULT` of a genuine Conjur has it. Where it
   * does not, a host without the annotation `authn/api-key: true` is refused. Default true.
   */
  readonly apiKeysByDefault?: boolean;
  /**
   * Whether an authenticator service lets in before anybody has switched it on. In a genuine Conjur without `CONJUR_AUTHENTICATORS` it
   * does not. Default true.
   */
  readonly authenticatorsByDefault?: boolean;
  /**
   * Has issuers of dynamic secrets, as the setting `CONJUR_FEATURE_DYNAMIC_SECRETS_ENABLED` of a genuine Conjur does from 1.22 on. What
   * they make opens nothing. Default false.
   */
  readonly dynamicSecrets?: boolean;
  /** Life of an access token in seconds, 0 to 18000. Default 480. */
  readonly tokenTtlSeconds?: number;
  /** Added to every request, in milliseconds, up to 600000. Default 0. */
  readonly delayMs?: number;
  /** Share of requests that fail, 0 to 1. Default 0. */
  readonly failRate?: number;
  /** How long a policy load keeps others out, in milliseconds, up to 600000. Default 10. */
  readonly policyLoadMs?: number;
  /** The version of Conjur that it behaves as and names, `1.21.0` and later. Default `1.24.0`. */
  readonly serverVersion?: string;
  /**
   * Refuses (422) query parameters that an endpoint does not define, as 1.27 does where it is told to. Default false: 1.27 and
   * later log them.
   */
  readonly strictParameters?: boolean;
  /** Between 0 and 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  readonly tls?: LocalTls;
  /** Keys for `authn-jwt` where a service has no variable `public-keys`. */
  readonly jwt?: LocalJwtOptions;
  /** Made-up AWS credentials for `authn-iam`. Without them every such login is refused. */
  readonly iam?: LocalIamOptions;
  /** A table of passwords for `authn-ldap`. Without it only api keys log in there. */
  readonly ldap?: LocalLdapOptions;
  /** Starts the metadata services of Azure and Google beside it, whose tokens `authn-azure` and `authn-gcp` believe. */
  readonly metadata?: {
    /** Port on 127.0.0.1; 0 (the default) takes a free one. */
    readonly port?: number;
    /** Whom they give tokens of. Made-up defaults. */
    readonly identity?: CloudIdentity;
    /** They take connections and never answer. Default false. */
    readonly isSilent?: boolean;
  };
  /** Called once for every request that arrives, before it is answered. */
  readonly onRequest?: (request: SeenRequest) => void;
  /** Told why a login was refused, one line each; the client is not told. Default: nobody. */
  readonly log?: (line: string) => void;
}
