import { parseArgs } from 'node:util';

/** What the command line asks for. Files are still paths. */
export interface Arguments {
  readonly help: boolean;
  readonly port: number;
  readonly host: string;
  readonly edition: (typeof EDITIONS)[number];
  /** Absent: the edition's own. */
  readonly account: string | undefined;
  readonly adminApiKey: string | undefined;
  readonly data: string;
  readonly apiKeysByDefault: boolean;
  readonly authenticatorsByDefault: boolean;
  readonly dynamicSecrets: boolean;
  readonly serverVersion: string;
  readonly strictParameters: boolean;
  readonly tokenTtlSeconds: number;
  readonly delayMs: number;
  readonly failRate: number;
  readonly policyLoadMs: number;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly clientCa: string | undefined;
  readonly clientCertificates: (typeof CLIENT_CERTIFICATES)[number];
  readonly jwtKeys: string | undefined;
  readonly iamCredentials: string | undefined;
  readonly ldapPasswords: string | undefined;
  readonly cloudIdentity: string | undefined;
  readonly metadataPort: number | undefined;
}

const EDITIONS = ['self-hosted', 'saas'] as const;
const CLIENT_CERTIFICATES = ['required', 'authn', 'optional'] as const;

/** The command line cannot be used; the message says which flag and what it takes. */
export class ArgumentsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArgumentsError';
  }
}

export const HELP = `A Conjur for development and tests. It is no vault: api keys and values stand unencrypted in its data file.

  npx conjur-local [flags]

  --port N               port to listen on; 0 takes a free one (default 8080)
  --host ADDRESS         address to listen on (default 127.0.0.1)
  --edition WHICH        self-hosted (the default) or saas: the vendor's service, with /api before every path, the
                         account conjur, the V2 API for secrets, and no loads into the root policy
  --account NAME         (default: default; conjur on saas, which has no other)
  --admin-api-key KEY    api key of the login admin (default: CONJUR_AUTHN_API_KEY, else the one in the data file,
                         else a new one, which is printed)
  --data FILE|:memory:   where everything is kept (default :memory:, gone when the server ends)
  --no-api-keys          a host gets an api key only with the annotation authn/api-key: true, and is refused
                         without it (CONJUR_AUTHN_API_KEY_DEFAULT=false of a genuine Conjur)
  --no-authenticators    an authenticator service lets in only once it has been switched on (PATCH), as in a genuine
                         Conjur without CONJUR_AUTHENTICATORS
  --dynamic-secrets      have issuers of dynamic secrets, whose values open nothing
                         (CONJUR_FEATURE_DYNAMIC_SECRETS_ENABLED of a genuine Conjur from 1.22)
  --server-version X.Y.Z the version that it behaves as and names, from 1.21 (default 1.24.0)
  --strict-params        refuse query parameters that an endpoint does not define
                         (CONJUR_FEATURE_STRICT_PARAMS_ENABLED of a genuine 1.27)
  --token-ttl SECONDS    life of an access token, 0 to 18000 (default 480)
  --delay-ms N           wait before every answer, to rehearse a slow server (default 0)
  --fail RATE            share of requests that fail, 0 to 1, to rehearse a failing server (default 0)
  --policy-load-ms N     how long a policy load keeps others out, to rehearse 409 (default 10)
  --tls-cert FILE        PEM of the server's certificate; the server then speaks TLS only
  --tls-key FILE         PEM of its key
  --client-ca FILE       PEM of a CA; clients are asked for a certificate that it has signed
  --client-certs WHO     who must show one: required (every client, the default), authn (whoever logs in with an
                         api key, beside the key), optional (only who logs in by authn-cert)
  --jwt-keys FILE        JWKS with the public keys that authn-jwt trusts
  --iam-credentials FILE JSON list of made-up AWS credentials that authn-iam knows:
                         [{"accessKeyId","secretAccessKey","sessionToken","accountId","roleName"}]
  --ldap-passwords FILE  JSON of the directory that authn-ldap asks: {"alice": "password"}
  --metadata-port N      metadata services of Azure and Google on this port (0: a free one), whose tokens
                         authn-azure and authn-gcp believe
  --cloud-identity FILE  JSON of whom they give tokens of: {"azure": {"subscriptionId", …}, "gcp": {"projectId", …}}
  --help
`;

const OPTIONS = {
  help: { type: 'boolean', default: false },
  port: { type: 'string', default: '8080' },
  host: { type: 'string', default: '127.0.0.1' },
  edition: { type: 'string', default: 'self-hosted' },
  account: { type: 'string' },
  'admin-api-key': { type: 'string' },
  data: { type: 'string', default: ':memory:' },
  'no-api-keys': { type: 'boolean', default: false },
  'no-authenticators': { type: 'boolean', default: false },
  'dynamic-secrets': { type: 'boolean', default: false },
  'server-version': { type: 'string', default: '1.24.0' },
  'strict-params': { type: 'boolean', default: false },
  'token-ttl': { type: 'string', default: '480' },
  'delay-ms': { type: 'string', default: '0' },
  fail: { type: 'string', default: '0' },
  'policy-load-ms': { type: 'string', default: '10' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'client-ca': { type: 'string' },
  'client-certs': { type: 'string', default: 'required' },
  'jwt-keys': { type: 'string' },
  'iam-credentials': { type: 'string' },
  'ldap-passwords': { type: 'string' },
  'cloud-identity': { type: 'string' },
  'metadata-port': { type: 'string' },
} as const;

/**
 * Reads the command line.
 *
 * @throws {ArgumentsError} for an unknown flag, a flag without its value or a value out of bounds.
 */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Arguments {
  const values = parseFlags(args);
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    throw new ArgumentsError('--tls-cert and --tls-key go together: give both or neither.');
  }
  if (values['client-ca'] !== undefined && values['tls-cert'] === undefined) {
    throw new ArgumentsError('--client-ca needs --tls-cert and --tls-key: client certificates exist in TLS only.');
  }
  if (values['cloud-identity'] !== undefined && values['metadata-port'] === undefined) {
    throw new ArgumentsError(
      '--cloud-identity needs --metadata-port: it says whom the metadata services give tokens of.',
    );
  }
  if (!/^[^:/?\s]+$/.test(values.account ?? 'default'))
    throw new ArgumentsError('--account takes a name without ":", "/" or spaces.');
  return {
    help: values.help,
    port: parseNumber('--port', values.port, 0, 65_535),
    host: values.host,
    edition: parseChoice('--edition', values.edition, EDITIONS),
    account: values.account,
    adminApiKey: values['admin-api-key'] ?? environment.CONJUR_AUTHN_API_KEY,
    data: values.data,
    apiKeysByDefault: !values['no-api-keys'],
    authenticatorsByDefault: !values['no-authenticators'],
    dynamicSecrets: values['dynamic-secrets'],
    serverVersion: values['server-version'],
    strictParameters: values['strict-params'],
    tokenTtlSeconds: parseNumber('--token-ttl', values['token-ttl'], 0, 18_000),
    delayMs: parseNumber('--delay-ms', values['delay-ms'], 0, 600_000),
    failRate: parseNumber('--fail', values.fail, 0, 1, false),
    policyLoadMs: parseNumber('--policy-load-ms', values['policy-load-ms'], 0, 600_000),
    tlsCert: values['tls-cert'],
    tlsKey: values['tls-key'],
    clientCa: values['client-ca'],
    clientCertificates: parseChoice('--client-certs', values['client-certs'], CLIENT_CERTIFICATES),
    jwtKeys: values['jwt-keys'],
    iamCredentials: values['iam-credentials'],
    ldapPasswords: values['ldap-passwords'],
    cloudIdentity: values['cloud-identity'],
    metadataPort: parsePort(values['metadata-port']),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

function parsePort(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseNumber('--metadata-port', text, 0, 65_535);
}

function parseNumber(flag: string, text: string, min: number, max: number, isWhole = true): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= min && number <= max && (!isWhole || Number.isInteger(number))) return number;
  throw new ArgumentsError(`${flag} takes a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}, not "${text}".`);
}

function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new ArgumentsError(`${flag} takes ${choices.join(', ')}, not "${text}".`);
  return choice;
}
