import { readFileSync } from 'node:fs';
import { ConjurError } from '../errors/conjur-error.ts';
import { parseVariableName } from '../names/parse-variable-name.ts';
import { Secret } from '../secret.ts';
import { type Environment, EnvironmentReader } from './environment-reader.ts';
import { parseAuthnSettings } from './parse-authn-settings.ts';
import { parseKeyManagementSettings } from './parse-key-management-settings.ts';
import { parseProxySettings } from './parse-proxy-settings.ts';
import { parseTlsSettings } from './parse-tls-settings.ts';
import type { LitellmSettings, Settings } from './settings.ts';

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
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const reader = new EnvironmentReader(environment);
  const baseUrl = parseBaseUrl(reader);
  const readBaseUrls = reader
    .list('CYBERARK_READ_API_BASE')
    .flatMap((text) => reader.url('CYBERARK_READ_API_BASE', text) ?? []);
  const tls = parseTlsSettings(reader, readFile);
  const litellm = parseLitellmSettings(reader);
  const warnings = [
    ...checkTransportSecurity(reader, [baseUrl, ...readBaseUrls], tls.verify),
    ...warnOfPlainLitellm(litellm),
    ...idleSettings(reader),
  ];
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
    allowDelete: reader.flag('CYBERARK_ALLOW_DELETE', false),
    timeoutMs: reader.integer('CYBERARK_TIMEOUT_MS', 5_000, 1, 900_000),
    maxAttempts: reader.integer('CYBERARK_MAX_ATTEMPTS', 5, 1, 100),
    secretCacheTtlMs: reader.integer('CYBERARK_SECRET_CACHE_TTL', 0, 0, 86_400) * 1000,
    secretStaleIfErrorMs: reader.integer('CYBERARK_SECRET_STALE_IF_ERROR', 0, 0, 86_400) * 1000,
    secretCacheMaxEntries: reader.integer('CYBERARK_SECRET_CACHE_MAX_ENTRIES', 1_000, 1, 1_000_000),
    secretCacheMaxBytes: reader.integer('CYBERARK_SECRET_CACHE_MAX_BYTES', 8 * MIB, 1_024, 1_024 * MIB),
    keyManagement: parseKeyManagementSettings(reader),
    litellm,
    rotationEventBus: parseEventBus(reader),
  };
  if (reader.problems.length > 0) throw toConfigInvalid(reader.problems);
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

function toConfigInvalid(problems: readonly string[]): ConjurError {
  return new ConjurError(
    'config_invalid',
    `The settings are not usable: ${problems.join('; ')}. Correct the function's environment.`,
  );
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

function parseLitellmSettings(reader: EnvironmentReader): LitellmSettings {
  const base = reader.text('LITELLM_API_BASE');
  const masterKey = reader.text('LITELLM_MASTER_KEY');
  return {
    baseUrl: base === undefined ? undefined : reader.url('LITELLM_API_BASE', base),
    masterKey: masterKey === undefined ? undefined : Secret.of(masterKey.trim()),
    masterKeySecretId: reader.text('LITELLM_MASTER_KEY_SECRET_ID')?.trim(),
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const EVENT_BUS = /^(?:arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/;

function parseEventBus(reader: EnvironmentReader): string | undefined {
  const bus = reader.text('ROTATION_EVENT_BUS_NAME')?.trim();
  if (bus === undefined || EVENT_BUS.test(bus)) return bus;
  reader.problem('ROTATION_EVENT_BUS_NAME', 'must be the name or the ARN of an event bus');
  return undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Plain http to another machine: whoever is in between can read it. */
function isExposed(url: URL): boolean {
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname);
}

/** `CYBERARK_REQUIRE_TLS` is about Conjur, and a proxy inside a VPC often speaks http; so this is said, and not refused. */
function warnOfPlainLitellm({ baseUrl }: LitellmSettings): string[] {
  if (baseUrl === undefined || !isExposed(baseUrl)) return [];
  return ['LITELLM_API_BASE is plain http to another host: the master key and virtual keys travel unencrypted.'];
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
