import { setTimeout as sleep } from 'node:timers/promises';

/** Lets one policy load in at a time, as Conjur does; the others are told to come back. */
export interface PolicyLock {
  /** Runs `load` while holding the lock; undefined when another load holds it. */
  run<T>(load: () => T): Promise<T | undefined>;
}

/**
 * @param holdMs how long a load holds the lock before it is carried out. SQLite would be done before a second request
 *   could arrive; a genuine Conjur takes five times as long for a load as for a write.
 * @param signal ends the waiting, with an AbortError.
 */
export function createPolicyLock(holdMs: number, signal: AbortSignal): PolicyLock {
  let isHeld = false;
  return {
    async run(load) {
      if (isHeld) return undefined;
      isHeld = true;
      try {
        await sleep(holdMs, undefined, { signal });
        return load();
      } finally {
        isHeld = false;
      }
    },
  };
}
