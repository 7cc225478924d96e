import type { Deadline } from '../deadline.ts';
import type { VariableDefinition } from '../policy/variable-definition.ts';
import { Secret } from '../secret.ts';
import type { ClientSettings } from '../settings/client-settings.ts';
import type { CallOptions, ConjurClient } from './conjur-client.ts';
import type { ConjurContext } from './conjur-context.ts';
import { deleteVariable } from './delete-variable.ts';
import type { LoadCache } from './lazy-value-cache.ts';
import { loadPolicy } from './load-policy.ts';
import type { ValueCache } from './value-cache.ts';
import { VariableDefiner } from './variable-definer.ts';
import { VersionMemory } from './version-memory.ts';
import { writeSecret } from './write-secret.ts';
import { writeSecrets } from './write-secrets.ts';

export interface WriteOperations {
  readonly operations: Pick<ConjurClient, 'writeSecret' | 'writeSecrets' | 'loadPolicy' | 'deleteVariable'>;
  /** Resolves when no policy load is left in flight. Undefined where none is. */
  settled(): Promise<void> | undefined;
}

export interface WriteOperationsPorts {
  readonly context: ConjurContext;
  readonly settings: Pick<ClientSettings, 'policyBranch' | 'grantRead' | 'grantWrite'>;
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
    const { buildVariablePolicy } = await import('../policy/build-variable-policy.ts');
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
