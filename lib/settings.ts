import { readFileSync } from 'node:fs';
import { type AuthOptions, type AuthSettings, toAuth } from './auth/auth-options.ts';
import type { TlsSettings } from './http/dispatchers.ts';
import { parseExceptions } from './http/no-proxy.ts';
import type { ProxySettings } from './http/proxy.ts';
import { findMisspeltOptions } from './misspelt-settings.ts';
import { checkValues, Problems, type ReadFile, readPemFile, toPem, type ValuesOf } from './option-values.ts';
import { type NameOf, OPTIONS, type OptionName } from './options.ts';
import { orderForKey } from './pem.ts';
import { type Edition, isTenant, SAAS_ACCOUNT, SAAS_BRANCH, toApiUrl } from './saas/edition.ts';
import { Secret } from './secret.ts';

export type { AuthenticatorType, AuthOptions, AuthSettings } from './auth/auth-options.ts';
export type { NameOf } from './options.ts';
export type { Edition } from './saas/edition.ts';

export interface ClientTlsOptions {
  /** False: any certificate is accepted. Default true. */
  readonly verify?: boolean | undefined;
  /**
   * PEM. When given, the only authorities that are trusted: roots, intermediates, or the server's own certificate. Default: Node's trust
   * store.
   */
  readonly ca?: Secret | string | undefined;
  /** PEM of the client certificate; the key goes with it. */
  readonly clientCert?: Secret | string | undefined;
  /** PEM of its private key. */
  readonly clientKey?: Secret | string | undefined;
  /** Paths of both, in the place of the PEMs; read anew for each login, so that a renewed certificate is used. */
  readonly clientCertFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
}

export interface ClientProxyOptions {
  /** URL of the proxy for http; also for https where that has none of its own. May hold user and password. */
  readonly http?: Secret | string | undefined;
  /** URL of the proxy for https. */
  readonly https?: Secret | string | undefined;
  /** Hosts that are reached directly, as `NO_PROXY` lists them: `.internal,127.0.0.1`. Default: none. */
  readonly except?: string | undefined;
}

/** What a client needs to know. `fromEnv` reads one from the environment; a program may as well write it out. */
export interface ConjurClientOptions {
  /** Base URL of Conjur (the leader); its path is kept: `https://host/api`. */
  readonly baseUrl: URL | string;
  /** How the client proves who it is. */
  readonly auth: AuthOptions;
  /** Which Conjur it is. Default: `saas` where the host name is one of the vendor's service, else `self-hosted`. */
  readonly edition?: Edition | undefined;
  /** Default `default`; `conjur` on SaaS. */
  readonly account?: string | undefined;
  /** Base URLs of followers, which reads are sent to in order, and then to the leader. Default: none. */
  readonly readBaseUrls?: readonly (URL | string)[] | undefined;
  /** Default: verified by Node's trust store, and no client certificate. */
  readonly tls?: ClientTlsOptions | undefined;
  /** Refuses http and unverified TLS. Default false. */
  readonly requireTls?: boolean | undefined;
  /** Default: none. */
  readonly proxy?: ClientProxyOptions | undefined;
  /** Milliseconds after which a session token is refreshed at the latest: each draws 85 to 100 % of it. Default 300,000; 1,000 to 18,000,000. */
  readonly refreshIntervalMs?: number | undefined;
  /** The branch that new variables are loaded into. Default `root`; `data` on SaaS. */
  readonly policyBranch?: string | undefined;
  /** Roles that get `[read, execute]` on each variable that is created, such as `group:app/readers`. Default: none. */
  readonly grantRead?: readonly string[] | undefined;
  /** Roles that get `[read, update]`. Default: none. */
  readonly grantWrite?: readonly string[] | undefined;
  /** Milliseconds per attempt. Default 5,000; 1 to 900,000. */
  readonly timeoutMs?: number | undefined;
  /** Attempts per request. Default 5; 1 to 100. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds for which values are cached. Default 0: not at all. To 86,400,000. */
  readonly secretCacheTtlMs?: number | undefined;
  /** Milliseconds after that for which a value may be served where Conjur fails, marked as stale. Default 0; to 86,400,000. */
  readonly secretStaleIfErrorMs?: number | undefined;
  /** Values that the cache holds at most. Default 1,000; 1 to 1,000,000. */
  readonly secretCacheMaxEntries?: number | undefined;
  /** Bytes that the cache holds at most. Default 8 MiB; 1 KiB to 1 GiB. */
  readonly secretCacheMaxBytes?: number | undefined;
  /** Where values came from, as `fromEnv` notes it: messages then name the variable. */
  readonly origins?: Origins | undefined;
}

/** A value and the environment variable that it came from. */
export interface Origin {
  readonly variable: string;
  readonly value: unknown;
}

export type Origins = ReadonlyMap<string, Origin>;

/** {@link ConjurClientOptions}, checked and with every default filled in. */
export interface Settings extends ConjurClientOptions {
  readonly baseUrl: URL;
  readonly auth: AuthSettings;
  readonly edition: Edition;
  readonly account: string;
  readonly readBaseUrls: readonly URL[];
  readonly tls: TlsSettings & ClientTlsOptions;
  readonly requireTls: boolean;
  /** Undefined: every server is reached directly. */
  readonly proxy: ProxySettings | undefined;
  readonly refreshIntervalMs: number;
  readonly policyBranch: string;
  readonly grantRead: readonly string[];
  readonly grantWrite: readonly string[];
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly secretCacheTtlMs: number;
  readonly secretStaleIfErrorMs: number;
  readonly secretCacheMaxEntries: number;
  readonly secretCacheMaxBytes: number;
}

/** {@link NameOf} for options or settings as they are now: what a program has overridden since `fromEnv` goes by its own name. */
export function createNameOf(options: ConjurClientOptions): NameOf {
  return (name) => {
    const origin = options.origins?.get(name);
    const value = valueAt(options, name);
    return origin !== undefined && (value === undefined || isSame(value, origin.value)) ? origin.variable : name;
  };
}

/** A list is copied on its way from options to settings; it is the same while its items are. */
function isSame(value: unknown, origin: unknown): boolean {
  if (!Array.isArray(value) || !Array.isArray(origin)) return value === origin;
  return value.length === origin.length && value.every((item, index) => String(item) === String(origin[index]));
}

/** The value at the path of an option. */
export function valueAt(options: ConjurClientOptions, path: string): unknown {
  const [first = '', second] = path.split('.');
  const value = (options as unknown as Record<string, unknown>)[first];
  return second === undefined ? value : (value as Record<string, unknown> | undefined)?.[second];
}

/**
 * Checks options and fills in the defaults.
 * @throws TypeError that names each option that is not what it must be: a mistake of the program and not of its operator
 */
export function toSettings(options: ConjurClientOptions): Settings {
  const problems = new Problems();
  const given = (name: string): unknown => valueAt(options, name);
  const { settings } = assembleSettings({ given, nameOf: createNameOf(options) }, problems);
  // Its default is one of the environment's: a program that misspells it must not send its credential there.
  if (options.baseUrl === undefined) problems.add('baseUrl', 'is missing');
  for (const [name, meant] of findMisspeltOptions(options)) problems.add(name, `is no option: did you mean ${meant}?`);
  if (problems.list.length > 0) throw new TypeError(problems.list.join('; '));
  return { ...settings, origins: options.origins };
}

export interface Assembled {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

interface OptionSource {
  readonly given: (name: string) => unknown;
  readonly nameOf: NameOf;
}

export interface AssembleOptions {
  readonly remoteNeedsTls?: boolean;
  readonly readFile?: ReadFile | undefined;
}

/** Options from wherever they come: checked one by one, then against each other. */
export function assembleSettings(
  source: OptionSource,
  problems: Problems,
  { remoteNeedsTls = false, readFile = (path) => readFileSync(path, 'utf8') }: AssembleOptions = {},
): Assembled {
  const { nameOf, given } = source;
  const checked = checkValues(OPTIONS, given, nameOf as (name: string) => string, problems);
  const values = { ...checked, ...readPair(checked, source, problems, readFile) };
  const edition = values.edition ?? (isTenant(values.baseUrl) ? 'saas' : 'self-hosted');
  const toUrl = edition === 'saas' ? toApiUrl : (url: URL): URL => url;
  const settings: Settings = {
    baseUrl: toUrl(values.baseUrl),
    readBaseUrls: values.readBaseUrls.map(toUrl),
    edition,
    account: values.account ?? (edition === 'saas' ? SAAS_ACCOUNT : 'default'),
    auth: toAuth(values, nameOf, problems),
    tls: toTls(values, nameOf, problems),
    requireTls: values.requireTls,
    proxy: toProxy(values, nameOf, problems),
    refreshIntervalMs: values.refreshIntervalMs,
    policyBranch: values.policyBranch ?? (edition === 'saas' ? SAAS_BRANCH : 'root'),
    grantRead: values.grantRead,
    grantWrite: values.grantWrite,
    timeoutMs: values.timeoutMs,
    maxAttempts: values.maxAttempts,
    secretCacheTtlMs: values.secretCacheTtlMs,
    secretStaleIfErrorMs: values.secretStaleIfErrorMs,
    secretCacheMaxEntries: values.secretCacheMaxEntries,
    secretCacheMaxBytes: values.secretCacheMaxBytes,
  };
  const tlsRule = given('requireTls') === undefined ? remoteNeedsTls && 'remote' : values.requireTls && 'everywhere';
  checkTransportSecurity(settings, tlsRule, nameOf, problems);
  if (edition === 'saas') checkSaas(settings, nameOf, problems);
  return {
    settings,
    warnings: [
      ...securityWarnings(settings, nameOf),
      ...idleOptions(values, nameOf),
      ...saasWarnings(settings, nameOf),
    ],
  };
}

type Values = ValuesOf<typeof OPTIONS>;

/** The list of exceptions is many programs' own, so it is looked at only where this one has a proxy. */
function toProxy(values: Values, nameOf: NameOf, problems: Problems): ProxySettings | undefined {
  const http = values['proxy.http'];
  const https = values['proxy.https'];
  if (http === undefined && https === undefined) return undefined;
  const except = values['proxy.except'];
  try {
    parseExceptions(except);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add(nameOf('proxy.except'), error.message);
  }
  return { http, https, except, ca: values['tls.ca']?.expose() };
}

/** Certificate and key from their files, where they are not given themselves. */
function readPair(values: Values, { given, nameOf }: OptionSource, problems: Problems, readFile: ReadFile) {
  const read = (option: 'tls.clientCert' | 'tls.clientKey', file: 'tls.clientCertFile' | 'tls.clientKeyFile') => {
    const path = values[file];
    if (given(option) !== undefined || path === undefined) return values[option];
    return problems.try(nameOf(file), () => toPem(OPTIONS[option], readPemFile(path, readFile)));
  };
  return {
    'tls.clientCert': read('tls.clientCert', 'tls.clientCertFile'),
    'tls.clientKey': read('tls.clientKey', 'tls.clientKeyFile'),
  };
}

function toTls(values: Values, nameOf: NameOf, problems: Problems): Settings['tls'] {
  const clientKey = values['tls.clientKey'];
  const clientCert = ofKey(values['tls.clientCert'], clientKey, nameOf, problems);
  const together = (missing: OptionName, given: OptionName): void =>
    problems.add(nameOf(missing), `is missing, which goes with ${nameOf(given)}`);
  if (clientCert !== undefined && clientKey === undefined) together('tls.clientKey', 'tls.clientCert');
  if (clientKey !== undefined && clientCert === undefined) together('tls.clientCert', 'tls.clientKey');
  const clientCertFile = values['tls.clientCertFile'];
  const clientKeyFile = values['tls.clientKeyFile'];
  const fromFiles = clientCertFile !== undefined && clientKeyFile !== undefined;
  const clientFiles = fromFiles ? { cert: clientCertFile, key: clientKeyFile } : undefined;
  return {
    verify: values['tls.verify'],
    ca: values['tls.ca']?.expose(),
    clientCert,
    clientKey,
    clientFiles,
    clientCertFile,
    clientKeyFile,
  };
}

/** The client certificate as TLS wants it: the one that the key belongs to, then those that lead to its signer. */
function ofKey(cert: Secret | undefined, key: Secret | undefined, nameOf: NameOf, problems: Problems) {
  if (cert === undefined || key === undefined) return cert;
  const given = cert.expose();
  const ordered = problems.try(nameOf('tls.clientCert'), () => orderForKey(given, key.expose()) ?? null);
  if (ordered === null)
    problems.add(
      nameOf('tls.clientKey'),
      `does not belong to the certificate in ${nameOf('tls.clientCert')}: give the two that were made together`,
    );
  return ordered == null || ordered === given ? cert : Secret.of(ordered);
}

/** What the vendor's service lacks is said at start, and not at the first failure. */
function checkSaas({ baseUrl, auth, policyBranch }: Settings, nameOf: NameOf, problems: Problems): void {
  if (policyBranch !== SAAS_BRANCH && !policyBranch.startsWith(`${SAAS_BRANCH}/`))
    problems.add(
      nameOf('policyBranch'),
      `must be ${SAAS_BRANCH} or a branch below it: on SaaS nobody loads policy elsewhere`,
    );
  if (!isTenant(baseUrl)) return;
  if (baseUrl.protocol !== 'https:') problems.add(nameOf('baseUrl'), 'must be https, since SaaS speaks no other');
  // An Edge, which other host names may stand for, has it.
  if (auth.type === 'cert') problems.add(nameOf('auth.type'), 'cannot be cert: SaaS has no authn-cert');
}

function saasWarnings({ edition, auth: { login } }: Settings, nameOf: NameOf): string[] {
  if (edition !== 'saas' || login?.startsWith('host/') !== true || login.startsWith(`host/${SAAS_BRANCH}/`)) return [];
  return [`${nameOf('auth.login')} names a host outside ${SAAS_BRANCH}: on SaaS hosts are host/${SAAS_BRANCH}/…`];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Plain http to another machine: whoever is in between can read it. */
export function isExposed(url: URL): boolean {
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname);
}

/** @param rule `remote` spares the loopback, where no network is in between */
function checkTransportSecurity(
  { baseUrl, readBaseUrls, tls }: Settings,
  rule: 'remote' | 'everywhere' | false,
  nameOf: NameOf,
  problems: Problems,
): void {
  if (rule === false) return;
  const reason = `since ${nameOf('requireTls')} is in force`;
  const isRefused = (url: URL): boolean => (rule === 'remote' ? isExposed(url) : url.protocol === 'http:');
  if (isRefused(baseUrl)) problems.add(nameOf('baseUrl'), `must be https, ${reason}`);
  if (readBaseUrls.some(isRefused)) problems.add(nameOf('readBaseUrls'), `must be https, ${reason}`);
  if (!tls.verify) problems.add(nameOf('tls.verify'), `must not be false, ${reason}`);
}

function securityWarnings({ baseUrl, readBaseUrls, tls }: Settings, nameOf: NameOf): string[] {
  const warnings: string[] = [];
  for (const [option, urls] of [
    ['baseUrl', [baseUrl]],
    ['readBaseUrls', readBaseUrls],
  ] as const)
    if (urls.some(isExposed))
      warnings.push(`${nameOf(option)} is plain http to another host: api key, token and secrets travel unencrypted.`);
  if (!tls.verify)
    warnings.push(
      `${nameOf('tls.verify')} is false: anyone on the network path can read the api key, the token and the secrets.`,
    );
  return warnings;
}

/** Options that have no effect beside the others. */
function idleOptions(values: Values, nameOf: NameOf): string[] {
  const both = values['auth.apiKey'] !== undefined && values['auth.apiKeySecretId'] !== undefined;
  const noCache = values.secretStaleIfErrorMs > 0 && values.secretCacheTtlMs === 0;
  return [
    ...(both
      ? [`${nameOf('auth.apiKey')} is not used: ${nameOf('auth.apiKeySecretId')} takes precedence over it.`]
      : []),
    ...(noCache ? [`${nameOf('secretStaleIfErrorMs')} has no effect while ${nameOf('secretCacheTtlMs')} is 0.`] : []),
  ];
}
