import type { ConjurContext } from './answers.ts';
import type { CredentialSource } from './auth/credential.ts';
import type { Deadline, RunCall } from './clock.ts';
import type { ConjurClient } from './conjur-client.ts';
import { ConjurError } from './errors.ts';
import { createListing } from './listing.ts';
import { isPermitted } from './resources/is-permitted.ts';
import { listVariables, showVariable } from './resources/variables.ts';
import { whoami } from './resources/whoami.ts';
import type { SaasWriteState } from './saas/write.ts';
import { toSecret } from './secret.ts';
import { type LoadCache, readSecretCached, readSecretsCached } from './secrets/cached-reads.ts';
import { readSecret } from './secrets/read-secret.ts';
import { readSecrets } from './secrets/read-secrets.ts';
import type { ValueCache } from './secrets/value-cache.ts';
import type { VariableDefinition } from './secrets/variable-policy.ts';
import { VariableDefiner } from './secrets/variable-policy.ts';
import { VersionMemory, type WriteState, writeSecret } from './secrets/write-secret.ts';
import { assertWritable, writeSecrets } from './secrets/write-secrets.ts';
import type { Settings } from './settings.ts';

type ReadOperations = Pick<
  ConjurClient,
  'readSecret' | 'readSecrets' | 'listVariables' | 'showVariable' | 'whoami' | 'isPermitted'
>;

export interface ReadOperationsDeps {
  readonly context: ConjurContext;
  /** Undefined where values are not cached. */
  readonly loadCache: LoadCache | undefined;
  readonly run: RunCall;
}

/** The operations that change nothing. */
export function createReadOperations({ context, loadCache, run }: ReadOperationsDeps): ReadOperations {
  return {
    readSecret: (name, options = {}) =>
      run(options, (deadline) => {
        if (loadCache === undefined) return readSecret(context, name, options, deadline);
        return loadCache().then((cache) => readSecretCached(context, cache, name, options, deadline));
      }),
    readSecrets: (names, options = {}) =>
      run(options, (deadline) => {
        if (loadCache === undefined) return readSecrets(context, names, deadline);
        return loadCache().then((cache) => readSecretsCached(context, cache, names, options, deadline));
      }),
    listVariables: (options = {}) =>
      createListing({
        first: options.offset,
        read: (offset) => run(options, (deadline) => listVariables(context, { ...options, offset }, deadline)),
        itemsOf: ({ variables }) => variables,
        nextOf: ({ nextOffset }) => nextOffset,
      }),
    showVariable: (name, options) => run(options, (deadline) => showVariable(context, name, deadline)),
    whoami: (options) => run(options, (deadline) => whoami(context, deadline)),
    isPermitted: (id, privilege, options = {}) =>
      run(options, (deadline) => isPermitted(context, id, privilege, options, deadline)),
  };
}

/** Most writes change no policy, and a cold start does without. */
const loadPolicies = () => import('./resources/load-policy.ts');

export interface WriteOperations {
  readonly operations: Pick<ConjurClient, 'writeSecret' | 'writeSecrets' | 'loadPolicy' | 'deleteVariable'>;
  /** Resolves when no policy load is left in flight. Undefined where none is. */
  idle(): Promise<void> | undefined;
}

export interface WriteOperationsDeps extends ReadOperationsDeps {
  readonly settings: Pick<Settings, 'policyBranch' | 'grantRead' | 'grantWrite'>;
}

/** The operations that change values and policy. What they touch leaves the value cache. */
export function createWriteOperations({ context, settings, loadCache, run }: WriteOperationsDeps): WriteOperations {
  const { policyBranch } = settings;
  const grants = { read: settings.grantRead, write: settings.grantWrite };
  /** Made by the first write: a client that only reads has none. */
  let state: WriteState | undefined;
  const getState = (): WriteState => {
    state ??= {
      definer: new VariableDefiner({ branch: policyBranch, load: defineVariables, sleep: context.clock.sleep }),
      versions: new VersionMemory(),
    };
    return state;
  };

  async function defineVariables(variables: readonly VariableDefinition[], deadline: Deadline): Promise<void> {
    // Loaded on first use: most invocations never define a variable, and the YAML library costs a cold start some milliseconds.
    const [{ buildVariablePolicy }, { loadPolicy }] = await Promise.all([
      import('./secrets/policy-document.ts'),
      loadPolicies(),
    ]);
    const document = buildVariablePolicy(policyBranch, variables, grants);
    await loadPolicy(context, policyBranch, document, {}, deadline);
  }

  let saas: Promise<{ module: typeof import('./saas/write.ts'); state: SaasWriteState }> | undefined;
  const loadSaas = () => {
    saas ??= import('./saas/write.ts').then((module) => ({
      module,
      state: { ...getState(), grants, branch: policyBranch, known: new module.KnownNames() },
    }));
    return saas;
  };

  /** Also where the change failed, for it may have happened; and what is being read at this moment may be the old value still. */
  async function invalidatingCache<T>(forget: (cache: ValueCache) => void, change: () => Promise<T>): Promise<T> {
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
      writeSecret: (name, value, options = {}) =>
        run(options, (deadline) => {
          const { mimeType, annotations, reportVersion = true } = options;
          const definition = { name, mimeType, annotations };
          const write = async () => {
            const call = { deadline, reportVersion };
            if (context.edition !== 'saas') return writeSecret(context, getState(), definition, toSecret(value), call);
            const { module, state: saasState } = await loadSaas();
            return module.writeOnSaas(context, saasState, definition, toSecret(value), call);
          };
          return invalidatingCache((cache) => cache.drop(name), write);
        }),
      writeSecrets: (secrets, options = {}) =>
        run(options, async (deadline) => {
          assertWritable(secrets);
          const { reportVersion = true } = options;
          const write = async () => {
            const call = { deadline, reportVersion };
            if (context.edition !== 'saas') return writeSecrets(context, getState(), secrets, call);
            const { module, state: saasState } = await loadSaas();
            return module.writeManyOnSaas(context, saasState, secrets, call);
          };
          return invalidatingCache((cache) => {
            for (const { name } of secrets) cache.drop(name);
          }, write);
        }),
      loadPolicy: (branch, document, options = {}) =>
        run(options, async (deadline) => {
          if (context.edition === 'saas' && options.dryRun === true)
            throw lacking('check a policy without loading it', 'try it on a branch of its own');
          const { loadPolicy } = await loadPolicies();
          const load = () => loadPolicy(context, branch, document, options, deadline);
          const onlyAdds = options.dryRun === true || (options.mode ?? 'add') === 'add';
          if (onlyAdds) return load();
          state?.versions.clear();
          return invalidatingCache((cache) => cache.clear(), load);
        }),
      deleteVariable: (name, options) =>
        run(options, (deadline) => {
          state?.versions.forget(name);
          return invalidatingCache(
            (cache) => cache.drop(name),
            async () => {
              const { deleteVariable } = await import('./resources/delete-variable.ts');
              return deleteVariable(context, policyBranch, name, deadline);
            },
          );
        }),
    },
    idle: () => state?.definer.idle(),
  };
}

/** Few need these two, and a cold start does without. */
const loadApiKeys = () => import('./resources/api-keys.ts');
const loadHostFactories = () => import('./resources/host-factory.ts');

type RotationOperations = Pick<
  ConjurClient,
  | 'rotateApiKey'
  | 'rotateApiKeyOf'
  | 'lastRotation'
  | 'createHostFactoryTokens'
  | 'createHost'
  | 'revokeHostFactoryToken'
>;

export interface RotationOperationsDeps {
  readonly context: ConjurContext;
  /** Where the client's own api key comes from; undefined where it logs in by other means. */
  readonly source: CredentialSource | undefined;
  readonly run: RunCall;
}

/** The operations on api keys, and on hosts that get one by a host factory. */
export function createRotationOperations({ context, source, run }: RotationOperationsDeps): RotationOperations {
  return {
    rotateApiKey: (options = {}) =>
      run(options, async (deadline) => {
        const credential = options.credential ?? (await source?.get(0, deadline));
        if (credential === undefined) throw noApiKey();
        const { rotateApiKey } = await loadApiKeys();
        const apiKey = await rotateApiKey(context, credential, deadline);
        if (options.credential === undefined) source?.replace({ login: credential.login, apiKey });
        return apiKey;
      }),
    rotateApiKeyOf: (role, options = {}) =>
      run(options, async (deadline) => {
        if (context.edition === 'saas') throw lacking("rotate another role's api key", 'let the role rotate its own');
        const { rotateApiKeyOf } = await loadApiKeys();
        return rotateApiKeyOf(context, role, options, deadline);
      }),
    lastRotation: (role, options) =>
      run(options, async (deadline) => {
        const { lastRotation } = await loadApiKeys();
        return lastRotation(context, role, deadline);
      }),
    createHostFactoryTokens: (factory, options) =>
      run(options, async (deadline) => {
        const { createHostFactoryTokens } = await loadHostFactories();
        return createHostFactoryTokens(context, factory, options, deadline);
      }),
    createHost: (token, id, options = {}) =>
      run(options, async (deadline) => {
        const { createHost } = await loadHostFactories();
        return createHost(context, token, id, options, deadline);
      }),
    revokeHostFactoryToken: (token, options) =>
      run(options, async (deadline) => {
        const { revokeHostFactoryToken } = await loadHostFactories();
        return revokeHostFactoryToken(context, token, deadline);
      }),
  };
}

/** Said before anything is sent: the service would refuse it in words that name no reason. */
function lacking(what: string, instead: string): ConjurError {
  return new ConjurError('invalid_request', `Secrets Manager SaaS does not ${what}; ${instead}.`);
}

function noApiKey(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'This client does not log in with an api key, so it has none of its own to rotate. Pass the credential whose key is to be rotated.',
  );
}
