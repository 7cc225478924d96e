import type { Dispatcher } from 'undici';
import { type ConjurContext, createConjurTransport } from './answers.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { type AuthenticatorPorts, createAuthenticator, createCredentialSource } from './auth/create-authenticator.ts';
import type { ApiKeyCredential, CredentialSource } from './auth/credential.ts';
import type { SecretReader } from './auth/secret-reader.ts';
import { createSession } from './auth/session.ts';
import { type Clock, systemClock } from './clock.ts';
import { DEFAULT_DEADLINE_MS, Deadline } from './deadline.ts';
import { type Batch, ConjurError } from './errors.ts';
import { createDispatchers, sharedDispatcher } from './http/dispatchers.ts';
import type { AttemptReport } from './http/request.ts';
import { type Logger, silentLogger } from './logger.ts';
import {
  type LastRotation,
  lastRotation,
  type RotateApiKeyOfOptions,
  rotateApiKey,
  rotateApiKeyOf,
} from './resources/api-keys.ts';
import { deleteVariable } from './resources/delete-variable.ts';
import { type IsPermittedOptions, isPermitted } from './resources/is-permitted.ts';
import { type LoadPolicyOptions, loadPolicy, type PolicyLoadResult } from './resources/load-policy.ts';
import {
  type ListVariablesOptions,
  listVariables,
  showVariable,
  type Variable,
  type VariablePage,
} from './resources/variables.ts';
import { type Identity, whoami } from './resources/whoami.ts';
import { Secret } from './secret.ts';
import { type LoadCache, lazyValueCache, readSecretCached, readSecretsCached } from './secrets/cached-reads.ts';
import { VariableDefiner } from './secrets/define-variables.ts';
import { type ReadSecretRequest, readSecret, type SecretValue } from './secrets/read-secret.ts';
import { readSecrets } from './secrets/read-secrets.ts';
import type { ValueCache } from './secrets/value-cache.ts';
import type { VariableDefinition } from './secrets/variable-policy.ts';
import { VersionMemory, type WriteResult, writeSecret } from './secrets/write-secret.ts';
import { type SecretWrite, writeSecrets } from './secrets/write-secrets.ts';
import { type ConjurClientOptions, createNameOf, type Settings, toSettings } from './settings.ts';

export interface CallOptions {
  /** Until when an answer must be there. Default: 30 seconds from the call. */
  readonly deadline?: Deadline | undefined;
}

export type ReadSecretOptions = ReadSecretRequest & CallOptions;

export interface ReadSecretsOptions extends CallOptions {
  /** Past the value cache, where there is one. Default false. */
  readonly fresh?: boolean | undefined;
}

export interface WriteSecretsOptions extends CallOptions {
  /** Ask for the version after each write, at the cost of one request. Default true. */
  readonly reportVersion?: boolean | undefined;
}

export interface WriteSecretOptions extends WriteSecretsOptions, Omit<VariableDefinition, 'name'> {}

export interface RotateApiKeyOptions extends CallOptions {
  /** Default: the api key that this client logs in with. */
  readonly credential?: ApiKeyCredential | undefined;
}

/**
 * A client of one Conjur with one identity. Keep it: it holds the session token and the connections.
 *
 * Every method may fail with `authentication_failed`, `upstream_unavailable`, `upstream_error` and `deadline_exceeded` besides the
 * codes that it names. Names of variables are checked before anything is sent (`invalid_request`).
 */
export interface ConjurClient {
  /** @throws ConjurError `secret_not_found`, `forbidden` */
  readSecret(name: string, options?: ReadSecretOptions): Promise<SecretValue>;
  /** Many at once; one bad name never loses the others. */
  readSecrets(names: readonly string[], options?: ReadSecretsOptions): Promise<Batch<SecretValue>>;
  /** Makes the variable where it is missing. @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable` */
  writeSecret(name: string, value: Secret | string | Uint8Array, options?: WriteSecretOptions): Promise<WriteResult>;
  /** Many at once, the missing variables made in one policy load; one that fails never loses the others. Names must be distinct. */
  writeSecrets(secrets: readonly SecretWrite[], options?: WriteSecretsOptions): Promise<Batch<WriteResult>>;
  /** A page of the variables that this identity may see, without values. */
  listVariables(options?: ListVariablesOptions & CallOptions): Promise<VariablePage>;
  /** Undefined where it is not there or may not be seen. */
  showVariable(name: string, options?: CallOptions): Promise<Variable | undefined>;
  /** Whom Conjur takes this client for. */
  whoami(options?: CallOptions): Promise<Identity>;
  /** Whether this identity, or another role, holds a privilege; false also for what is not there. */
  isPermitted(id: string, privilege: string, options?: IsPermittedOptions & CallOptions): Promise<boolean>;
  /** With `dryRun` it only checks. @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable` */
  loadPolicy(branch: string, document: string, options?: LoadPolicyOptions & CallOptions): Promise<PolicyLoadResult>;
  /** With all its versions, by a policy update. @throws ConjurError `secret_not_found`, `forbidden`, `policy_conflict` */
  deleteVariable(name: string, options?: CallOptions): Promise<void>;
  /**
   * Gives one's own role a new api key, which this client uses from then on; the old one is dead at once. Store the new key: the
   * answer is the only copy. Never repeated. @throws ConjurError `authentication_failed`, `upstream_unavailable`, `invalid_request`
   */
  rotateApiKey(options?: RotateApiKeyOptions): Promise<Secret>;
  /** Gives another role (`host:path/name`) a new api key. @throws ConjurError `forbidden`, `authentication_failed` */
  rotateApiKeyOf(role: string, options?: RotateApiKeyOfOptions & CallOptions): Promise<Secret>;
  /** When a role's api key was last rotated; of Conjur 1.24 and later. @throws ConjurError `forbidden` */
  lastRotation(role: string, options?: CallOptions): Promise<LastRotation>;
  /** Sees to it that a session token is there. */
  authenticate(options?: CallOptions): Promise<void>;
  /** Milliseconds since the session token was got; undefined without one. */
  tokenAgeMs(): number | undefined;
  /** Resolves when nothing is left in flight; undefined where nothing is. Await it before the process is frozen. */
  settled(): Promise<void> | undefined;
  /** Ends the connections. */
  close(): Promise<void>;
}

/** What the client works with besides its options. All of it has a default but in tests. */
export interface ConjurClientPorts {
  readonly clock?: Clock;
  /** Uniform in [0, 1); default `Math.random`, which is good enough for the jitter of retries, its only use. */
  readonly random?: () => number;
  readonly logger?: Logger;
  /** HTTP dispatcher of undici, which its owner closes; default: a keep-alive pool made by the TLS settings. */
  readonly dispatcher?: Dispatcher;
  /** Told of every attempt, for logs and metrics. */
  readonly onAttempt?: (report: AttemptReport) => void;
  /** Gives the W3C `traceparent` that requests to Conjur carry; asked before each attempt. Default: they carry none. */
  readonly traceparent?: () => string | undefined;
  /** Told of a refresh of the session token that failed while the old token lives, so that no call has failed yet. */
  readonly onRefreshFailed?: (error: unknown) => void;
  /** Default: the one that the options name. */
  readonly authenticator?: Authenticator;
  /** Reads credentials from AWS Secrets Manager. Default: AWS's own client, loaded when it is first needed. */
  readonly secretReader?: SecretReader;
}

/**
 * Builds a client. Nothing is sent yet.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/lp_rest_api.htm
 * @param options from `parseSettings`, or written out
 * @throws TypeError for an option out of its bounds; ConjurError `config_invalid` where the authenticator lacks what it needs
 */
export function createConjurClient(options: ConjurClientOptions, ports: ConjurClientPorts = {}): ConjurClient {
  const settings = toSettings(options);
  const { clock = systemClock, logger = silentLogger } = ports;
  const dispatchers = ports.dispatcher === undefined ? createDispatchers(settings) : sharedDispatcher(ports.dispatcher);
  const nameOf = createNameOf(settings);
  const transport = createConjurTransport({
    ...settings,
    nameOf,
    dispatchers,
    clock,
    random: ports.random ?? Math.random,
    onAttempt: ports.onAttempt,
    traceparent: ports.traceparent,
  });
  const { source, authenticator } = createAuthentication(settings, ports, clock);
  const { tokens, send } = createSession({
    authenticator,
    transport,
    nameOf,
    clock,
    logger,
    refreshIntervalMs: settings.refreshIntervalMs,
    onRefreshFailed: ports.onRefreshFailed,
  });
  const context: ConjurContext = { account: settings.account, nameOf, clock, logger, send, sendPlain: transport };
  const loadCache = lazyValueCache(settings, clock, () => tokens.login());
  const deadlineOf = (call?: CallOptions): Deadline => call?.deadline ?? new Deadline(clock, DEFAULT_DEADLINE_MS);
  const writes = createWriteOperations({ context, settings, loadCache, deadlineOf });

  return {
    ...createReadOperations({ context, loadCache, deadlineOf }),
    ...writes.operations,
    ...createRotationOperations({ context, source, deadlineOf }),
    authenticate: async (call) => {
      await tokens.get(deadlineOf(call));
    },
    tokenAgeMs: () => tokens.ageMs(),
    settled() {
      const authentication = tokens.settled();
      const load = writes.settled();
      return authentication === undefined ? load : authentication.then(() => load);
    },
    close: () => dispatchers.close(),
  };
}

function createAuthentication(
  settings: Settings,
  ports: ConjurClientPorts,
  clock: Clock,
): { source: CredentialSource | undefined; authenticator: Authenticator } {
  const lazy = lazyAuthenticatorPorts(ports.secretReader, clock);
  const source = createCredentialSource(settings, { ...lazy, clock });
  return { source, authenticator: ports.authenticator ?? createAuthenticator(settings, source, lazy) };
}

type ReadOperations = Pick<
  ConjurClient,
  'readSecret' | 'readSecrets' | 'listVariables' | 'showVariable' | 'whoami' | 'isPermitted'
>;

export interface ReadOperationsPorts {
  readonly context: ConjurContext;
  /** Undefined where values are not cached. */
  readonly loadCache: LoadCache | undefined;
  readonly deadlineOf: (call?: CallOptions) => Deadline;
}

/** The operations that change nothing. */
export function createReadOperations({ context, loadCache, deadlineOf }: ReadOperationsPorts): ReadOperations {
  return {
    readSecret(name, options = {}) {
      const deadline = deadlineOf(options);
      if (loadCache === undefined) return readSecret(context, name, options, deadline);
      return loadCache().then((cache) => readSecretCached(context, cache, name, options, deadline));
    },
    readSecrets(names, options = {}) {
      const deadline = deadlineOf(options);
      if (loadCache === undefined) return readSecrets(context, names, deadline);
      return loadCache().then((cache) => readSecretsCached(context, cache, names, options, deadline));
    },
    listVariables: (options = {}) => listVariables(context, options, deadlineOf(options)),
    showVariable: (name, options) => showVariable(context, name, deadlineOf(options)),
    whoami: (options) => whoami(context, deadlineOf(options)),
    isPermitted: (id, privilege, options = {}) => isPermitted(context, id, privilege, options, deadlineOf(options)),
  };
}

export interface WriteOperations {
  readonly operations: Pick<ConjurClient, 'writeSecret' | 'writeSecrets' | 'loadPolicy' | 'deleteVariable'>;
  /** Resolves when no policy load is left in flight. Undefined where none is. */
  settled(): Promise<void> | undefined;
}

export interface WriteOperationsPorts {
  readonly context: ConjurContext;
  readonly settings: Pick<Settings, 'policyBranch' | 'grantRead' | 'grantWrite'>;
  /** Undefined where values are not cached. */
  readonly loadCache: LoadCache | undefined;
  readonly deadlineOf: (call?: CallOptions) => Deadline;
}

/** The operations that change values and policy. What they touch leaves the value cache. */
export function createWriteOperations(ports: WriteOperationsPorts): WriteOperations {
  const { context, settings, loadCache, deadlineOf } = ports;
  const { policyBranch } = settings;
  const versions = new VersionMemory();
  const definer = new VariableDefiner({ branch: policyBranch, load: defineVariables, sleep: context.clock.sleep });

  async function defineVariables(variables: readonly VariableDefinition[], deadline: Deadline): Promise<void> {
    // Loaded on first use: most invocations never define a variable, and the YAML library costs a cold start some milliseconds.
    const { buildVariablePolicy } = await import('./secrets/policy-document.ts');
    const grants = { read: settings.grantRead, write: settings.grantWrite };
    const document = buildVariablePolicy(policyBranch, variables, grants);
    await loadPolicy(context, policyBranch, document, {}, deadline);
  }

  /** Also where the change failed, for it may have happened; and what is being read at this moment may be the old value still. */
  async function forgetting<T>(forget: (cache: ValueCache) => void, change: () => Promise<T>): Promise<T> {
    if (loadCache === undefined) return change();
    const cache = await loadCache();
    try {
      return await change();
    } finally {
      forget(cache);
    }
  }

  return {
    operations: {
      async writeSecret(name, value, options = {}) {
        const deadline = deadlineOf(options);
        const { mimeType, annotations, reportVersion = true } = options;
        const secret = value instanceof Secret ? value : Secret.of(value);
        const definition = { name, mimeType, annotations };
        const write = () =>
          writeSecret(context, { definer, versions }, definition, secret, { deadline, reportVersion });
        return forgetting((cache) => cache.drop(name), write);
      },
      async writeSecrets(secrets, options = {}) {
        const { reportVersion = true } = options;
        const deadline = deadlineOf(options);
        const write = () => writeSecrets(context, { definer, versions }, secrets, { deadline, reportVersion });
        return forgetting((cache) => {
          for (const { name } of secrets) cache.drop(name);
        }, write);
      },
      async loadPolicy(branch, document, options = {}) {
        const load = () => loadPolicy(context, branch, document, options, deadlineOf(options));
        const onlyAdds = options.dryRun === true || (options.mode ?? 'add') === 'add';
        return onlyAdds ? load() : forgetting((cache) => cache.clear(), load);
      },
      async deleteVariable(name, options) {
        const remove = () => deleteVariable(context, policyBranch, name, deadlineOf(options));
        return forgetting((cache) => cache.drop(name), remove);
      },
    },
    settled: () => definer.settled(),
  };
}

export interface RotationOperationsPorts {
  readonly context: ConjurContext;
  /** Where the client's own api key comes from; undefined where it logs in by other means. */
  readonly source: CredentialSource | undefined;
  readonly deadlineOf: (call?: CallOptions) => Deadline;
}

/** The operations on api keys. */
export function createRotationOperations({
  context,
  source,
  deadlineOf,
}: RotationOperationsPorts): Pick<ConjurClient, 'rotateApiKey' | 'rotateApiKeyOf' | 'lastRotation'> {
  return {
    async rotateApiKey(options = {}) {
      const deadline = deadlineOf(options);
      const credential = options.credential ?? (await source?.get(0, deadline));
      if (credential === undefined) throw noApiKey();
      const apiKey = await rotateApiKey(context, credential, deadline);
      if (options.credential === undefined) source?.replace({ login: credential.login, apiKey });
      return apiKey;
    },
    rotateApiKeyOf: (role, options = {}) => rotateApiKeyOf(context, role, options, deadlineOf(options)),
    lastRotation: (role, options) => lastRotation(context, role, deadlineOf(options)),
  };
}

function noApiKey(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'This client does not log in with an api key, so it has none of its own to rotate. Pass the credential whose key is to be rotated.',
  );
}

/** The default ports. AWS's SDK is the heaviest thing that a cold start can meet, so its parts are loaded when first needed. */
export function lazyAuthenticatorPorts(secretReader: SecretReader | undefined, clock: Clock): AuthenticatorPorts {
  let reader = secretReader;
  return {
    async loadSecretReader() {
      reader ??= (await import('./auth/create-secret-reader.ts')).createSecretReader();
      return reader;
    },
    async loadSigner(options) {
      const { createCallerIdentitySigner } = await import('./auth/sign-caller-identity.ts');
      return createCallerIdentitySigner({ ...options, now: () => clock.now() });
    },
  };
}
