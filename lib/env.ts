import { readFileSync } from 'node:fs';
import type { AuthenticatorKind } from './auth/authenticator.ts';
import { inferAuthenticator } from './auth/authenticator.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { parseVariableName } from './names.ts';
import { IAM_STS, type ProxySettings, type Settings, type TlsSettings } from './options.ts';
import { Secret } from './secret.ts';

export interface ParseSettingsOptions {
  /** Reads a PEM file. Default: Node's own. @throws when there is none */
  readonly readFile?: (path: string) => string;
}

export interface ParsedSettings {
  readonly settings: Settings;
  /** What an operator should know, to be logged once: connections that are not secure, settings without effect. */
  readonly warnings: readonly string[];
}

/**
 * Turns the environment into settings. Where a `CYBERARK_` name is absent, Conjur's own `CONJUR_` name is taken.
 * @throws ConjurError `config_invalid`, which names every variable that is wrong, and never a value
 */
export function parseSettings(environment: Environment, options: ParseSettingsOptions = {}): ParsedSettings {
  const reader = new EnvironmentReader(environment);
  const parsed = readSettings(reader, options);
  reader.assertNoProblems();
  return parsed;
}

/** {@link parseSettings} for a program that reads settings of its own too: what is wrong is noted in the reader, and all told at once. */
export function readSettings(reader: EnvironmentReader, options: ParseSettingsOptions = {}): ParsedSettings {
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const baseUrl = parseBaseUrl(reader);
  const readBaseUrls = reader
    .list('CYBERARK_READ_API_BASE')
    .flatMap((text) => reader.url('CYBERARK_READ_API_BASE', text) ?? []);
  const tls = parseTlsSettings(reader, readFile);
  const warnings = [...checkTransportSecurity(reader, [baseUrl, ...readBaseUrls], tls.verify), ...idleSettings(reader)];
  const settings: Settings = {
    baseUrl,
    readBaseUrls,
    account: reader.text('CYBERARK_ACCOUNT', 'CONJUR_ACCOUNT')?.trim() ?? 'default',
    ...parseAuthnSettings(reader, tls),
    tls,
    proxy: parseProxySettings(reader),
    refreshIntervalMs: reader.integer('CYBERARK_REFRESH_INTERVAL', 300, 1, 18_000) * 1000,
    policyBranch: parseBranch(reader),
    grantRead: parseRoles(reader, 'CYBERARK_GRANT_READ'),
    grantWrite: parseRoles(reader, 'CYBERARK_GRANT_WRITE'),
    timeoutMs: reader.integer('CYBERARK_TIMEOUT_MS', 5_000, 1, 900_000),
    maxAttempts: reader.integer('CYBERARK_MAX_ATTEMPTS', 5, 1, 100),
    secretCacheTtlMs: reader.integer('CYBERARK_SECRET_CACHE_TTL', 0, 0, 86_400) * 1000,
    secretStaleIfErrorMs: reader.integer('CYBERARK_SECRET_STALE_IF_ERROR', 0, 0, 86_400) * 1000,
    secretCacheMaxEntries: reader.integer('CYBERARK_SECRET_CACHE_MAX_ENTRIES', 1_000, 1, 1_000_000),
    secretCacheMaxBytes: reader.integer('CYBERARK_SECRET_CACHE_MAX_BYTES', 8 * MIB, 1_024, 1_024 * MIB),
  };
  return { settings, warnings };
}

/** Settings that have no effect beside the others. */
function idleSettings(reader: EnvironmentReader): string[] {
  const isSet = (variable: string): boolean => ![undefined, '0'].includes(reader.text(variable)?.trim());
  const both =
    reader.text('CYBERARK_API_KEY', 'CONJUR_AUTHN_API_KEY') !== undefined && isSet('CYBERARK_API_KEY_SECRET_ID');
  const noCache = isSet('CYBERARK_SECRET_STALE_IF_ERROR') && !isSet('CYBERARK_SECRET_CACHE_TTL');
  return [
    ...(both ? ['CYBERARK_API_KEY is not used, since CYBERARK_API_KEY_SECRET_ID goes before it.'] : []),
    ...(noCache ? ['CYBERARK_SECRET_STALE_IF_ERROR has no effect while CYBERARK_SECRET_CACHE_TTL is 0.'] : []),
  ];
}

const MIB = 1024 * 1024;
const DEFAULT_BASE_URL = 'http://127.0.0.1:8080';

function parseBaseUrl(reader: EnvironmentReader): URL {
  const names = ['CYBERARK_API_BASE', 'CONJUR_APPLIANCE_URL'];
  return reader.url(reader.nameOf(...names), reader.text(...names) ?? DEFAULT_BASE_URL) ?? new URL(DEFAULT_BASE_URL);
}

function parseBranch(reader: EnvironmentReader): string {
  const branch = reader.text('CYBERARK_POLICY_BRANCH')?.trim() ?? 'root';
  try {
    return parseVariableName(branch);
  } catch {
    reader.problem('CYBERARK_POLICY_BRANCH', 'must be the id of a policy, such as litellm or apps/billing');
    return 'root';
  }
}

const ROLE = /^(?:user|host|group|layer|policy):[^\s,][^,]*$/;

function parseRoles(reader: EnvironmentReader, variable: string): string[] {
  const roles = reader.list(variable);
  if (!roles.every((role) => ROLE.test(role))) {
    reader.problem(variable, 'must list roles by kind and id, such as group:litellm/readers,host:apps/one');
  }
  return roles;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Plain http to another machine: whoever is in between can read it. */
export function isExposed(url: URL): boolean {
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname);
}

/**
 * `CYBERARK_REQUIRE_TLS` refuses http and unverified TLS. Left unset in a deployed function, it refuses them for every host but the
 * loopback, where no network is in between.
 */
function checkTransportSecurity(reader: EnvironmentReader, urls: readonly URL[], verify: boolean): string[] {
  const explicit = reader.text('CYBERARK_REQUIRE_TLS') !== undefined;
  const deployed = reader.text('AWS_LAMBDA_FUNCTION_NAME') !== undefined && reader.text('IS_OFFLINE') === undefined;
  const required = reader.flag('CYBERARK_REQUIRE_TLS', deployed);
  const plain = urls.filter((url) => url.protocol === 'http:');
  const exposed = plain.filter(isExposed);
  if (required && (explicit ? plain : exposed).length > 0) {
    reader.problem(
      reader.nameOf('CYBERARK_API_BASE', 'CONJUR_APPLIANCE_URL'),
      'must be https, since CYBERARK_REQUIRE_TLS is in force',
    );
  }
  if (required && !verify)
    reader.problem('CYBERARK_SSL_VERIFY', 'must not be false, since CYBERARK_REQUIRE_TLS is in force');
  return [
    ...(exposed.length > 0
      ? ['CYBERARK_API_BASE is plain http to another host: api key, token and secrets travel unencrypted.']
      : []),
    ...(verify
      ? []
      : ['CYBERARK_SSL_VERIFY is false: whoever stands in between can read the api key, the token and the secrets.']),
  ];
}

type AuthnSettings = Pick<
  Settings,
  | 'apiKey'
  | 'apiKeySecretId'
  | 'authn'
  | 'authnServiceId'
  | 'awsRegion'
  | 'iamSts'
  | 'jwt'
  | 'jwtFile'
  | 'login'
  | 'loginGiven'
>;

const KINDS: readonly AuthenticatorKind[] = ['api-key', 'cert', 'iam', 'jwt'];

/** Which authenticator, and what it needs. Inferred from what is given where `CYBERARK_AUTHN` does not say. */
export function parseAuthnSettings(reader: EnvironmentReader, tls: TlsSettings): AuthnSettings {
  const apiKey = reader.text('CYBERARK_API_KEY', 'CONJUR_AUTHN_API_KEY');
  const jwt = reader.text('CYBERARK_AUTHN_JWT');
  const login = reader.text('CYBERARK_USERNAME', 'CONJUR_AUTHN_LOGIN')?.trim();
  const given = {
    login: login ?? 'admin',
    loginGiven: login !== undefined,
    iamSts: reader.oneOf('CYBERARK_AUTHN_IAM_STS', IAM_STS) ?? 'regional',
    awsRegion: reader.text('AWS_REGION', 'AWS_DEFAULT_REGION')?.trim(),
    apiKey: apiKey === undefined ? undefined : Secret.of(apiKey.trim()),
    apiKeySecretId: reader.text('CYBERARK_API_KEY_SECRET_ID')?.trim(),
    authnServiceId: reader.text('CYBERARK_AUTHN_SERVICE_ID')?.trim(),
    jwt: jwt === undefined ? undefined : Secret.of(jwt.trim()),
    jwtFile: reader.text('CYBERARK_AUTHN_JWT_FILE')?.trim(),
  };
  const authn = reader.oneOf('CYBERARK_AUTHN', KINDS) ?? inferAuthenticator(given, tls);
  checkComplete(reader, { ...given, authn }, tls);
  return { ...given, authn };
}

function checkComplete(reader: EnvironmentReader, given: AuthnSettings, tls: TlsSettings): void {
  const needsServiceId = given.authn === 'iam' || given.authn === 'jwt';
  if (needsServiceId && given.authnServiceId === undefined) {
    reader.problem('CYBERARK_AUTHN_SERVICE_ID', `must name the service of authn-${given.authn}`);
  }
  if (given.authn === 'api-key' && given.apiKey === undefined && given.apiKeySecretId === undefined) {
    reader.problem(
      'CYBERARK_API_KEY',
      'is missing (or CYBERARK_API_KEY_SECRET_ID, or another authenticator by CYBERARK_AUTHN)',
    );
  }
  if (given.authn === 'jwt' && given.jwt === undefined && given.jwtFile === undefined) {
    reader.problem('CYBERARK_AUTHN_JWT', 'is missing (or CYBERARK_AUTHN_JWT_FILE)');
  }
  if (given.authn === 'iam') checkIam(reader, given);
  if (given.authn === 'cert' && tls.clientCert === undefined) {
    reader.problem('CYBERARK_CLIENT_CERT', 'is missing');
  }
}

function checkIam(reader: EnvironmentReader, given: AuthnSettings): void {
  if (!given.loginGiven) {
    reader.problem('CYBERARK_USERNAME', 'must be host/<policy path>/<aws account>/<role name> for authn-iam');
  }
  if (given.iamSts === 'regional' && given.awsRegion === undefined) {
    reader.problem('AWS_REGION', 'is missing, which authn-iam signs for (or set CYBERARK_AUTHN_IAM_STS to global)');
  }
}

type ReadFile = (path: string) => string;

/** Certificates and keys, each given as a path or as the PEM itself. */
export function parseTlsSettings(reader: EnvironmentReader, readFile: ReadFile): TlsSettings {
  const clientCert = readPem(reader, readFile, 'CERTIFICATE', 'CYBERARK_CLIENT_CERT');
  const clientKey = readPem(reader, readFile, 'PRIVATE KEY', 'CYBERARK_CLIENT_KEY');
  if (clientCert !== undefined && clientKey === undefined) {
    reader.problem('CYBERARK_CLIENT_KEY', 'must go with CYBERARK_CLIENT_CERT');
  }
  if (clientKey !== undefined && clientCert === undefined) {
    reader.problem('CYBERARK_CLIENT_CERT', 'must go with CYBERARK_CLIENT_KEY');
  }
  return {
    verify: reader.flag('CYBERARK_SSL_VERIFY', true),
    ca: readPem(reader, readFile, 'CERTIFICATE', 'CYBERARK_CA_CERT', 'CONJUR_SSL_CERTIFICATE', 'CONJUR_CERT_FILE'),
    clientCert: clientCert === undefined ? undefined : Secret.of(clientCert),
    clientKey: clientKey === undefined ? undefined : Secret.of(clientKey),
  };
}

function readPem(
  reader: EnvironmentReader,
  readFile: ReadFile,
  label: string,
  ...variables: string[]
): string | undefined {
  const text = reader.text(...variables);
  if (text === undefined) return undefined;
  const variable = reader.nameOf(...variables);
  // A PEM in an environment variable often comes with its line breaks written as \n.
  const pem = text.includes('-----BEGIN')
    ? text.replaceAll('\\n', '\n')
    : readPemFile(reader, readFile, variable, text.trim());
  if (pem !== undefined && !new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(pem)) {
    reader.problem(variable, `must be a PEM, or the path of one, that holds a ${label}`);
  }
  return pem;
}

function readPemFile(
  reader: EnvironmentReader,
  readFile: ReadFile,
  variable: string,
  path: string,
): string | undefined {
  try {
    return readFile(path);
  } catch {
    // Not the cause: its message would show the value, which may be a key without its header.
    reader.problem(variable, 'is neither a PEM nor the path of a file that can be read');
    return undefined;
  }
}

/**
 * The http proxy that the usual variables name, in lower case before upper case. Undefined where there is none.
 * `NO_PROXY` is a comma separated list of hosts that are reached directly: `conjur.internal`, `.internal`, `host:port`, `*`.
 */
export function parseProxySettings(reader: EnvironmentReader): ProxySettings | undefined {
  const http = readProxy(reader, 'http_proxy', 'HTTP_PROXY');
  const https = readProxy(reader, 'https_proxy', 'HTTPS_PROXY');
  if (http === undefined && https === undefined) return undefined;
  return { http, https, except: reader.text('no_proxy', 'NO_PROXY')?.trim() ?? '' };
}

/** The address may hold a password, so it is kept as a secret. */
function readProxy(reader: EnvironmentReader, ...variables: string[]): Secret | undefined {
  const text = reader.text(...variables)?.trim();
  if (text === undefined) return undefined;
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)) return Secret.of(url);
  reader.problem(reader.nameOf(...variables), 'must be the URL of an http proxy, such as http://proxy:3128');
  return undefined;
}
