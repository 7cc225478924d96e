import type { Problems, ValuesOf } from '../option-values.ts';
import type { AUTHENTICATOR_TYPES, IamSts, NameOf, OPTIONS, OptionName } from '../options.ts';
import type { Secret } from '../secret.ts';

export type AuthenticatorType = (typeof AUTHENTICATOR_TYPES)[number];

/** Gives a token when one is needed; asked anew for every authentication. */
export type TokenProvider = () => Promise<Secret | string>;

/** Logs in with an api key. Give `apiKey` or `apiKeySecretId`. */
export interface ApiKeyAuth {
  readonly type: 'api-key';
  /** As Conjur spells it, not url-encoded: `host/path/name`. Default `admin`. */
  readonly login?: string | undefined;
  readonly apiKey?: Secret | string | undefined;
  /** AWS Secrets Manager id or ARN of a bare api key, or of `{"username","api_key"}`. Takes precedence over `apiKey`. */
  readonly apiKeySecretId?: string | undefined;
}

/** Logs in with an AWS IAM role (`authn-iam`). */
export interface IamAuth {
  readonly type: 'iam';
  /** `host/<policy path>/<aws account>/<role name>`. */
  readonly login: string;
  /** Of `authn-iam/<id>`. */
  readonly serviceId: string;
  /** AWS region that is signed for. Needed unless `sts` is `global`. */
  readonly region?: string | undefined;
  /** Default `regional`. */
  readonly sts?: IamSts | undefined;
}

/** Logs in with a JSON web token (`authn-jwt`). Give `jwt` or `jwtFile`. */
export interface JwtAuth {
  readonly type: 'jwt';
  /** Of `authn-jwt/<id>`. */
  readonly serviceId: string;
  /** Default: a claim of the token names the host. */
  readonly login?: string | undefined;
  readonly jwt?: Secret | string | TokenProvider | undefined;
  /** Path of a file that holds the token; read anew for every authentication. Takes precedence over `jwt`. */
  readonly jwtFile?: string | undefined;
}

/** Logs in with the client certificate of `tls`. */
export interface CertAuth {
  readonly type: 'cert';
  /** Of `authn-cert/<id>`. Default: the certificate is for a server in front of the plain `authn`. */
  readonly serviceId?: string | undefined;
  /** Default: the certificate names the host (SPIFFE mode); for the plain `authn`, `admin`. */
  readonly login?: string | undefined;
  /** For a plain `authn` that wants an api key beside the certificate. */
  readonly apiKey?: Secret | string | undefined;
  readonly apiKeySecretId?: string | undefined;
}

/** Logs in with the managed identity of an Azure machine (`authn-azure`), whose token its metadata service gives. */
export interface AzureAuth {
  readonly type: 'azure';
  /** Of `authn-azure/<id>`. */
  readonly serviceId: string;
  /** `host/path/name`. */
  readonly login: string;
  /** Of a user-assigned identity. Default: the machine's own. */
  readonly clientId?: string | undefined;
  /** Where the metadata service is. Default `http://169.254.169.254`. */
  readonly metadataUrl?: URL | string | undefined;
}

/** Logs in with the service account of a Google Cloud machine (`authn-gcp`), whose token its metadata service gives. */
export interface GcpAuth {
  readonly type: 'gcp';
  /** `host/path/name`; the token is made out for it. */
  readonly login: string;
  /** Where the metadata service is. Default `http://metadata.google.internal`. */
  readonly metadataUrl?: URL | string | undefined;
}

/** Logs in with the password of a directory (`authn-ldap`). */
export interface LdapAuth {
  readonly type: 'ldap';
  /** Of `authn-ldap/<id>`. */
  readonly serviceId: string;
  /** The user. */
  readonly login: string;
  readonly password: Secret | string;
}

/** Logs in with an id token that the program brings (`authn-oidc`). */
export interface OidcAuth {
  readonly type: 'oidc';
  /** Of `authn-oidc/<id>`. */
  readonly serviceId: string;
  readonly idToken: Secret | string | TokenProvider;
}

/** Takes access tokens from a file that another process, a sidecar say, keeps fresh. */
export interface TokenFileAuth {
  readonly type: 'token-file';
  readonly tokenFile: string;
}

/** How the client proves who it is. */
export type AuthOptions =
  | ApiKeyAuth
  | IamAuth
  | JwtAuth
  | CertAuth
  | AzureAuth
  | GcpAuth
  | LdapAuth
  | OidcAuth
  | TokenFileAuth;

/** {@link AuthOptions}, checked. */
export type AuthSettings =
  | {
      readonly type: 'api-key';
      readonly login: string;
      readonly apiKey: Secret | undefined;
      readonly apiKeySecretId: string | undefined;
    }
  | {
      readonly type: 'iam';
      readonly login: string;
      readonly serviceId: string;
      readonly region: string | undefined;
      readonly sts: IamSts;
    }
  | {
      readonly type: 'jwt';
      readonly login: string | undefined;
      readonly serviceId: string;
      readonly jwt: Secret | TokenProvider | undefined;
      readonly jwtFile: string | undefined;
    }
  | {
      readonly type: 'cert';
      readonly login: string | undefined;
      readonly serviceId: string | undefined;
      readonly apiKey: Secret | undefined;
      readonly apiKeySecretId: string | undefined;
    }
  | {
      readonly type: 'azure';
      readonly login: string;
      readonly serviceId: string;
      readonly clientId: string | undefined;
      readonly metadataUrl: URL | undefined;
    }
  | { readonly type: 'gcp'; readonly login: string; readonly metadataUrl: URL | undefined }
  | { readonly type: 'ldap'; readonly login: string; readonly serviceId: string; readonly password: Secret }
  | {
      readonly type: 'oidc';
      readonly login: undefined;
      readonly serviceId: string;
      readonly idToken: Secret | TokenProvider;
    }
  | { readonly type: 'token-file'; readonly login: undefined; readonly tokenFile: string };

type Values = ValuesOf<typeof OPTIONS>;

/** Which authenticator, and what it needs. What is missing is noted; then what is returned is of no use to anybody. */
export function toAuth(values: Values, nameOf: NameOf, problems: Problems): AuthSettings {
  const type = values['auth.type'] ?? inferAuthenticator((option) => values[option] !== undefined);
  const login = values['auth.login'];
  const apiKeySecretId = values['auth.apiKeySecretId'];
  // The secret heals where it was rotated, so it takes precedence.
  const apiKey = apiKeySecretId === undefined ? values['auth.apiKey'] : undefined;
  const serviceId = values['auth.serviceId'];
  const metadataUrl = values['auth.metadataUrl'];
  const need = <T>(value: T | undefined, option: OptionName, problem: string): T => {
    if (value === undefined) problems.add(nameOf(option), problem);
    return value as T;
  };
  const needServiceId = (): string =>
    need(serviceId, 'auth.serviceId', `is missing, which names the service of authn-${type}`);
  const needHost = (): string => {
    const host = need(login, 'auth.login', `is missing: authn-${type} logs in a host, host/path/name`);
    if (login !== undefined && !login.startsWith('host/')) problems.add(nameOf('auth.login'), 'must begin with host/');
    return host;
  };
  switch (type) {
    case 'api-key': {
      const others = `(or ${nameOf('auth.apiKeySecretId')}, or another authenticator by ${nameOf('auth.type')})`;
      need(apiKey ?? apiKeySecretId, 'auth.apiKey', `is missing ${others}`);
      return { type, login: login ?? 'admin', apiKey, apiKeySecretId };
    }
    case 'cert':
      need(values['tls.clientCert'], 'tls.clientCert', 'is missing, which authn-cert logs in with');
      return { type, login, serviceId, apiKey, apiKeySecretId };
    case 'jwt': {
      const jwtFile = values['auth.jwtFile'];
      const jwt = jwtFile === undefined ? values['auth.jwt'] : undefined;
      const other = `(or ${nameOf('auth.jwtFile')}): authn-jwt logs in with a JSON web token`;
      need(jwt ?? jwtFile, 'auth.jwt', `is missing ${other}`);
      return { type, login, serviceId: needServiceId(), jwt, jwtFile };
    }
    case 'iam': {
      const region = values['auth.region'];
      const sts = values['auth.sts'];
      if (sts === 'regional')
        need(region, 'auth.region', `is missing, which authn-iam signs for (or set ${nameOf('auth.sts')} to global)`);
      const role = need(login, 'auth.login', 'must be host/<policy path>/<aws account>/<role name> for authn-iam');
      return { type, login: role, serviceId: needServiceId(), region, sts };
    }
    case 'azure':
      return { type, login: needHost(), serviceId: needServiceId(), clientId: values['auth.clientId'], metadataUrl };
    case 'gcp':
      return { type, login: needHost(), metadataUrl };
    case 'ldap': {
      const user = need(login, 'auth.login', 'is missing: authn-ldap logs in a user');
      const password = need(
        values['auth.password'] ?? apiKey,
        'auth.password',
        'is missing, which authn-ldap logs in with',
      );
      return { type, login: user, serviceId: needServiceId(), password };
    }
    case 'oidc': {
      const idToken = need(values['auth.idToken'], 'auth.idToken', 'is missing, which authn-oidc logs in with');
      return { type, login: undefined, serviceId: needServiceId(), idToken };
    }
    case 'token-file':
      return { type, login: undefined, tokenFile: need(values['auth.tokenFile'], 'auth.tokenFile', 'is missing') };
  }
}

/** Which authenticator is meant, by the credential that is there. An api key together with a client certificate stays an api key. */
export function inferAuthenticator(isGiven: (option: OptionName) => boolean): AuthenticatorType {
  if (isGiven('auth.jwt') || isGiven('auth.jwtFile')) return 'jwt';
  if (isGiven('auth.tokenFile')) return 'token-file';
  if (isGiven('auth.apiKey') || isGiven('auth.apiKeySecretId')) return 'api-key';
  if (isGiven('auth.idToken')) return 'oidc';
  if (isGiven('tls.clientCert')) return 'cert';
  return isGiven('auth.serviceId') ? 'iam' : 'api-key';
}
