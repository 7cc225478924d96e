/** When a secret got a version, and how. */
export interface Change {
  readonly version: number;
  /** ISO 8601. */
  readonly changedAt: string;
  /** `write`, or the strategy of a rotation. */
  readonly by: string;
}

export interface ChangeRecord {
  /** Reads the answer of a call that writes or rotates; anything else in it is not looked at, and nothing of it is kept. */
  note(answer: unknown): void;
  /** The last change of each secret, by name. */
  changes(): Readonly<Record<string, Change>>;
}

/**
 * Remembers when secrets changed. Conjur does not tell the age of a value, so what is known is what passed through the HTTP API since the
 * start. Whoever shows it compares the version: a value that was written in another way has a higher one.
 */
export function createChangeRecord(now: () => number): ChangeRecord {
  const changes = new Map<string, Change>();
  function noteOne(written: unknown): void {
    if (typeof written !== 'object' || written === null) return;
    const { name, version, changed, strategy } = written as Record<string, unknown>;
    if (typeof name !== 'string' || typeof version !== 'number' || changed === false) return;
    const by = typeof strategy === 'string' ? strategy : 'write';
    changes.set(name, { version, changedAt: new Date(now()).toISOString(), by });
  }
  return {
    note(answer) {
      const { secrets } = (typeof answer === 'object' && answer !== null ? answer : {}) as { secrets?: unknown };
      for (const written of Array.isArray(secrets) ? secrets : [answer]) noteOne(written);
    },
    changes: () => Object.fromEntries(changes),
  };
}
