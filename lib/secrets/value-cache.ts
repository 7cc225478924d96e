import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { SecretValue } from './read-secret.ts';

export interface ValueCacheOptions {
  /** Milliseconds for which a value is given out without asking Conjur. */
  readonly ttlMs: number;
  /** Milliseconds after that for which it may be given out where Conjur fails. */
  readonly staleIfErrorMs: number;
  readonly maxEntries: number;
  /** Bytes of values and names together. */
  readonly maxBytes: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Whose eyes the values were read with: a client whose login changes gives out none of another's. */
  readonly login: () => string | undefined;
}

interface Entry {
  readonly secret: SecretValue;
  readonly storedAtMs: number;
  /** How long it may be given out at most, whatever the cache's own time. */
  readonly lifeMs: number;
}

/** A reading that is under way, and which of its names were written meanwhile. */
interface Filling {
  readonly dropped: Set<string>;
  all: boolean;
}

/**
 * Holds values for a while. Age goes by the wall clock, as with the session token: a clock that went backwards makes a value too old.
 * A value that was read before a write must not come in after it, so a write also marks the readings that are under way.
 */
export class ValueCache {
  readonly #options: ValueCacheOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #fillings = new Set<Filling>();

  constructor(options: ValueCacheOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      max: options.maxEntries,
      maxSize: options.maxBytes,
      sizeCalculation: ({ secret }, key) => secret.value.byteLength + Buffer.byteLength(key),
    });
  }

  /** A value within its time. */
  get(name: string, version: number | undefined): SecretValue | undefined {
    return this.#within(name, version, this.#options.ttlMs);
  }

  /** A value past its time and within the bound for failures, marked as stale. */
  getStale(name: string, version: number | undefined): SecretValue | undefined {
    const { ttlMs, staleIfErrorMs } = this.#options;
    const secret = this.#within(name, version, ttlMs + staleIfErrorMs);
    return secret && { ...secret, stale: true };
  }

  /** Runs a reading and takes in what it stores, but for names that are dropped before it ends. */
  async fill<T>(read: (store: (secret: SecretValue) => void) => Promise<T>): Promise<T> {
    const filling: Filling = { dropped: new Set(), all: false };
    this.#fillings.add(filling);
    try {
      return await read((secret) => {
        if (!filling.all && !filling.dropped.has(secret.name)) this.#store(secret);
      });
    } finally {
      this.#fillings.delete(filling);
    }
  }

  /** Forgets all versions of a name. */
  drop(name: string): void {
    for (const filling of this.#fillings) filling.dropped.add(name);
    for (const [key, { secret }] of this.#entries.entries()) {
      if (secret.name === name) this.#entries.delete(key);
    }
  }

  clear(): void {
    for (const filling of this.#fillings) filling.all = true;
    this.#entries.clear();
  }

  #within(name: string, version: number | undefined, limitMs: number): SecretValue | undefined {
    const entry = this.#entries.get(this.#key(name, version));
    if (entry === undefined) return undefined;
    const ageMs = this.#options.clock.now() - entry.storedAtMs;
    return ageMs >= 0 && ageMs < Math.min(limitMs, entry.lifeMs) ? entry.secret : undefined;
  }

  #store(secret: SecretValue): void {
    const lifeMs = lifeOf(secret);
    if (lifeMs === undefined) return;
    this.#entries.set(this.#key(secret.name, secret.version), {
      secret,
      storedAtMs: this.#options.clock.now(),
      lifeMs,
    });
  }

  #key(name: string, version: number | undefined): string {
    return JSON.stringify([this.#options.login(), name, version]);
  }
}

/** Variables below this are dynamic secrets: an issuer makes their value when it is read. */
const DYNAMIC = 'data/dynamic/';

/**
 * How long a value lives, in milliseconds; undefined where it is not to be kept. A dynamic secret says so in its own JSON, in seconds; past
 * that it opens nothing. Any other value lives for ever.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/dynamic-secrets/dynamic-secrets-lp.htm
 */
function lifeOf({ name, value }: SecretValue): number | undefined {
  if (!name.startsWith(DYNAMIC)) return Number.POSITIVE_INFINITY;
  try {
    const { ttl } = JSON.parse(value.expose()) as { ttl?: unknown };
    return typeof ttl === 'number' && ttl > 0 ? ttl * 1_000 : undefined;
  } catch {
    // Not JSON: then nothing says how long it lives.
    return undefined;
  }
}
