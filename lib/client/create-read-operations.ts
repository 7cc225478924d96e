import type { Deadline } from '../deadline.ts';
import { readSecretCached, readSecretsCached } from './cached-reads.ts';
import type { CallOptions, ConjurClient } from './conjur-client.ts';
import type { ConjurContext } from './conjur-context.ts';
import { isPermitted } from './is-permitted.ts';
import type { LoadCache } from './lazy-value-cache.ts';
import { listVariables } from './list-variables.ts';
import { readSecret } from './read-secret.ts';
import { readSecrets } from './read-secrets.ts';
import { showVariable } from './show-variable.ts';
import { whoami } from './whoami.ts';

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
