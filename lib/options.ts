import { isVariableName } from './names.ts';

/** How the value of an option is written in the environment and checked, wherever it comes from. */
export type OptionType =
  | 'url'
  | 'urls'
  | 'proxy-url'
  | 'text'
  | 'list'
  | 'secret'
  | 'token'
  | 'pem'
  | 'integer'
  | 'flag'
  | 'one-of';

/** One row of a table of options: all that is known of an option, written down once. */
export interface OptionRow {
  /** Names in the environment; the first that is set is taken. Ours, then Conjur's own. */
  readonly env: readonly [string, ...string[]];
  readonly type: OptionType;
  readonly default?: string | number | boolean | readonly string[];
  /** Words for a default that is not a value: `inferred`. */
  readonly defaultWords?: string;
  /** Of an `integer`, in the unit of the option. */
  readonly min?: number;
  readonly max?: number;
  readonly unit?: 'ms' | 'bytes';
  /** The environment counts in seconds what the option counts in milliseconds. */
  readonly envUnit?: 's';
  /** Of a `one-of`. */
  readonly values?: readonly string[];
  /** Other words for some of the values, as Conjur's own tools spell them. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Of a `text`: what the environment means by it, where that depends on the variable. */
  readonly read?: (text: string, variable: string) => string;
  /** Of a `pem`: the label of its first line. */
  readonly label?: 'CERTIFICATE' | 'PRIVATE KEY';
  /** Of a `text`, and of each item of a `list`. */
  readonly matches?: (text: string) => boolean;
  /** What the value must be, for messages and for docs/settings.md: `the id of a policy`. */
  readonly expected?: string;
  /** Whether the value is a secret, or may hold one. */
  readonly secret?: true;
  /** The section of docs/settings.md. */
  readonly group: string;
  /** One line for docs/settings.md. */
  readonly meaning: string;
}

export const AUTHENTICATOR_TYPES = [
  'api-key',
  'azure',
  'cert',
  'gcp',
  'iam',
  'jwt',
  'ldap',
  'oidc',
  'token-file',
] as const;

export const EDITIONS = ['self-hosted', 'saas'] as const;

export const IAM_STS = ['regional', 'global'] as const;

export type IamSts = (typeof IAM_STS)[number];

const ROLE = /^(?:user|host|group|layer|policy):[^\s,][^,]*$/;
const ROLES = { expected: 'roles by kind and id, such as group:apps/readers,host:apps/one', group: 'policy' } as const;

/**
 * Every option of the client, by its path in `ConjurClientOptions`. The defaults, the checks, the environment's names, what a
 * deployment may set, and the tables of docs/settings.md all come from here.
 */
export const OPTIONS = {
  baseUrl: {
    env: ['CYBERARK_API_BASE', 'CONJUR_APPLIANCE_URL'],
    type: 'url',
    default: 'http://127.0.0.1:8080',
    group: 'connection',
    meaning:
      "base URL of Conjur's leader. A path is kept: `https://host/api`; on SaaS `/api` is added where it lacks. Plain http to another machine gives one warning at start",
  },
  edition: {
    env: ['CYBERARK_EDITION', 'CONJUR_ENVIRONMENT'],
    type: 'one-of',
    values: EDITIONS,
    aliases: { cloud: 'saas', enterprise: 'self-hosted', oss: 'self-hosted' },
    defaultWords: 'by the host name',
    group: 'connection',
    meaning:
      "which Conjur it is: the open source or an appliance, or the vendor's service (Secrets Manager SaaS, once Conjur Cloud). A host name of the service means `saas`; say so for an Edge",
  },
  account: {
    env: ['CYBERARK_ACCOUNT', 'CONJUR_ACCOUNT'],
    type: 'text',
    defaultWords: '`default`; `conjur` on SaaS',
    group: 'connection',
    meaning: "Conjur's account",
  },
  readBaseUrls: {
    env: ['CYBERARK_READ_API_BASE'],
    type: 'urls',
    default: [],
    group: 'connection',
    meaning:
      'followers. Reads and authentications go there in order, then to the leader; writes, policy and key rotation go to the leader',
  },
  timeoutMs: {
    env: ['CYBERARK_TIMEOUT_MS'],
    type: 'integer',
    default: 5_000,
    min: 1,
    max: 900_000,
    unit: 'ms',
    group: 'connection',
    meaning: 'time per attempt, from the connection to the last byte',
  },
  maxAttempts: {
    env: ['CYBERARK_MAX_ATTEMPTS'],
    type: 'integer',
    default: 5,
    min: 1,
    max: 100,
    group: 'connection',
    meaning: 'attempts per request, where it may be repeated',
  },
  'auth.type': {
    env: ['CYBERARK_AUTHN', 'CONJUR_AUTHN_TYPE'],
    type: 'one-of',
    values: AUTHENTICATOR_TYPES,
    aliases: { authn: 'api-key' },
    defaultWords: 'inferred',
    group: 'authentication',
    meaning:
      'the authenticator. Inferred: a JWT means `jwt`, a token file `token-file`, an api key or its secret id `api-key`, an id token `oidc`, a client certificate `cert`, a service id alone `iam`',
  },
  'auth.login': {
    env: ['CYBERARK_USERNAME', 'CONJUR_AUTHN_LOGIN', 'CONJUR_AUTHN_JWT_HOST_ID', 'CONJUR_AUTHN_CERT_HOST_ID'],
    type: 'text',
    read: (text, variable) => (!variable.endsWith('_HOST_ID') || text.startsWith('host/') ? text : `host/${text}`),
    defaultWords: '`admin`',
    group: 'authentication',
    meaning:
      'login, as Conjur spells it: `host/path/name`. It is url-encoded on the wire. With `jwt` and `cert` the default is what the credential says',
  },
  'auth.apiKey': {
    env: ['CYBERARK_API_KEY', 'CONJUR_AUTHN_API_KEY'],
    type: 'secret',
    secret: true,
    group: 'authentication',
    meaning: 'the api key. For local use: a deployment takes it from Secrets Manager',
  },
  'auth.apiKeySecretId': {
    env: ['CYBERARK_API_KEY_SECRET_ID'],
    type: 'text',
    group: 'authentication',
    meaning:
      'Secrets Manager id or ARN of the credential: a bare key, or `{"username","api_key"}`. Takes precedence over the api key itself. A key that Conjur refuses is fetched anew (AWSCURRENT, then AWSPENDING), so that a rotated key heals by itself',
  },
  'auth.serviceId': {
    env: [
      'CYBERARK_AUTHN_SERVICE_ID',
      'CONJUR_SERVICE_ID',
      'CONJUR_AUTHN_JWT_SERVICE_ID',
      'CONJUR_AUTHN_CERT_SERVICE_ID',
    ],
    type: 'text',
    group: 'authentication',
    meaning:
      'of `authn-iam/<id>`, `authn-jwt/<id>`, `authn-cert/<id>`, `authn-azure/<id>`, `authn-ldap/<id>`, `authn-oidc/<id>`',
  },
  'auth.region': {
    env: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    type: 'text',
    group: 'authentication',
    meaning: 'AWS region that `iam` signs for. AWS sets it where it runs the program',
  },
  'auth.sts': {
    env: ['CYBERARK_AUTHN_IAM_STS'],
    type: 'one-of',
    values: IAM_STS,
    default: 'regional',
    group: 'authentication',
    meaning: "which STS host `iam` signs for: the region's own, or `sts.amazonaws.com`",
  },
  'auth.jwt': {
    env: ['CYBERARK_AUTHN_JWT', 'CONJUR_AUTHN_JWT_TOKEN'],
    type: 'token',
    secret: true,
    group: 'authentication',
    meaning: 'the JWT, for local use',
  },
  'auth.jwtFile': {
    env: ['CYBERARK_AUTHN_JWT_FILE', 'JWT_TOKEN_PATH'],
    type: 'text',
    group: 'authentication',
    meaning: 'path of the JWT; read anew for every authentication',
  },
  'auth.clientId': {
    env: ['CYBERARK_AUTHN_AZURE_CLIENT_ID', 'CONJUR_AUTHN_AZURE_CLIENT_ID'],
    type: 'text',
    group: 'authentication',
    meaning: 'client id of a user-assigned identity, for `azure`',
  },
  'auth.metadataUrl': {
    env: ['CYBERARK_AUTHN_METADATA_URL'],
    type: 'url',
    defaultWords: "the cloud's own",
    group: 'authentication',
    meaning: 'where the metadata service of `azure` or `gcp` is',
  },
  'auth.password': {
    env: ['CYBERARK_AUTHN_PASSWORD'],
    type: 'secret',
    secret: true,
    group: 'authentication',
    meaning: "the password for `ldap`, for local use; the api key stands in for it, as in the vendor's own tools",
  },
  'auth.idToken': {
    env: ['CYBERARK_AUTHN_ID_TOKEN'],
    type: 'token',
    secret: true,
    group: 'authentication',
    meaning: 'the id token for `oidc`, for local use. A program gives a function that fetches one',
  },
  'auth.tokenFile': {
    env: ['CYBERARK_AUTHN_TOKEN_FILE', 'CONJUR_AUTHN_TOKEN_FILE'],
    type: 'text',
    group: 'authentication',
    meaning: 'path of an access token that another process keeps fresh; read anew while it is used',
  },
  refreshIntervalMs: {
    env: ['CYBERARK_REFRESH_INTERVAL'],
    type: 'integer',
    default: 300_000,
    min: 1_000,
    max: 18_000_000,
    unit: 'ms',
    envUnit: 's',
    group: 'authentication',
    meaning:
      "the session token is refreshed after this time at the latest: each token draws 85 to 100 % of it, so that processes started together do not refresh together; 85 % of the token's own life, if that is sooner",
  },
  'tls.ca': {
    env: ['CYBERARK_CA_CERT', 'CONJUR_SSL_CERTIFICATE', 'CONJUR_CERT_FILE'],
    type: 'pem',
    label: 'CERTIFICATE',
    defaultWords: "Node's trust store",
    group: 'tls',
    meaning:
      "the only authorities that are trusted for Conjur; an intermediate one, or the server's own certificate, will do. An https proxy is trusted by these too",
  },
  'tls.clientCert': {
    env: ['CYBERARK_CLIENT_CERT', 'CONJUR_AUTHN_CERT_FILE'],
    type: 'pem',
    label: 'CERTIFICATE',
    secret: true,
    group: 'tls',
    meaning:
      'client certificate: for `authn-cert`, or for mutual TLS in front of any authenticator. The key goes with it',
  },
  'tls.clientKey': {
    env: ['CYBERARK_CLIENT_KEY', 'CONJUR_AUTHN_CERT_KEY_FILE'],
    type: 'pem',
    label: 'PRIVATE KEY',
    secret: true,
    group: 'tls',
    meaning: 'its private key',
  },
  'tls.clientCertFile': {
    env: ['CYBERARK_CLIENT_CERT_FILE'],
    type: 'text',
    group: 'tls',
    meaning:
      'path of the client certificate, in the place of the PEM. Given by path, both files are read anew for each login',
  },
  'tls.clientKeyFile': {
    env: ['CYBERARK_CLIENT_KEY_FILE'],
    type: 'text',
    group: 'tls',
    meaning: 'path of its private key',
  },
  'tls.verify': {
    env: ['CYBERARK_SSL_VERIFY'],
    type: 'flag',
    default: true,
    group: 'tls',
    meaning: '`false` accepts any certificate, with a warning at start',
  },
  requireTls: {
    env: ['CYBERARK_REQUIRE_TLS'],
    type: 'flag',
    default: false,
    group: 'tls',
    meaning: 'refuses http and unverified TLS',
  },
  'proxy.https': {
    env: ['https_proxy', 'HTTPS_PROXY'],
    type: 'proxy-url',
    secret: true,
    group: 'proxy',
    meaning: 'the http proxy on the way to an https Conjur',
  },
  'proxy.http': {
    env: ['http_proxy', 'HTTP_PROXY'],
    type: 'proxy-url',
    secret: true,
    group: 'proxy',
    meaning: 'the http proxy on the way to an http Conjur; also to an https one where there is no other',
  },
  'proxy.except': {
    env: ['no_proxy', 'NO_PROXY'],
    type: 'text',
    default: '',
    group: 'proxy',
    meaning:
      'hosts that are reached directly: `conjur.internal,.internal,10.0.0.0/8,127.*,host:8443`, or `*`. Networks are those of servers that are named by their address',
  },
  policyBranch: {
    env: ['CYBERARK_POLICY_BRANCH'],
    type: 'text',
    defaultWords: '`root`; `data` on SaaS',
    matches: isVariableName,
    expected: 'the id of a policy, such as apps/billing',
    group: 'policy',
    meaning:
      'the branch that new variables are loaded into. A new name must begin with it: `apps/key-1` goes into branch `apps` as `key-1`',
  },
  grantRead: {
    env: ['CYBERARK_GRANT_READ'],
    type: 'list',
    default: [],
    matches: (role) => ROLE.test(role),
    ...ROLES,
    meaning: 'roles that get `[read, execute]` on each variable that is created, in the same policy load',
  },
  grantWrite: {
    env: ['CYBERARK_GRANT_WRITE'],
    type: 'list',
    default: [],
    matches: (role) => ROLE.test(role),
    ...ROLES,
    meaning: 'roles that get `[read, update]`',
  },
  secretCacheTtlMs: {
    env: ['CYBERARK_SECRET_CACHE_TTL'],
    type: 'integer',
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: 'ms',
    envUnit: 's',
    group: 'cache',
    meaning: 'time for which a value is served from memory; 0 is off',
  },
  secretStaleIfErrorMs: {
    env: ['CYBERARK_SECRET_STALE_IF_ERROR'],
    type: 'integer',
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: 'ms',
    envUnit: 's',
    group: 'cache',
    meaning: 'time after that in which the value is still served when Conjur fails, marked as stale',
  },
  secretCacheMaxEntries: {
    env: ['CYBERARK_SECRET_CACHE_MAX_ENTRIES'],
    type: 'integer',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    group: 'cache',
    meaning: 'values in memory',
  },
  secretCacheMaxBytes: {
    env: ['CYBERARK_SECRET_CACHE_MAX_BYTES'],
    type: 'integer',
    default: 2 ** 23,
    min: 1_024,
    max: 2 ** 30,
    unit: 'bytes',
    group: 'cache',
    meaning: 'bytes of values in memory',
  },
} as const satisfies Record<string, OptionRow>;

/** The path of an option in `ConjurClientOptions`: `timeoutMs`, `tls.ca`. */
export type OptionName = keyof typeof OPTIONS;

/** What messages call an option: the variable that it came from, or its path in the options. */
export type NameOf = (option: OptionName) => string;
