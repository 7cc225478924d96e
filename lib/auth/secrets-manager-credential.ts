import type { Clock, Deadline } from '../clock.ts';
import type { ApiKeyCredential, CredentialSource } from './credential.ts';
import { parseCredential } from './credential.ts';
import type { SecretReader, StagingLabel } from './secret-reader.ts';

export interface SecretsManagerCredentialOptions {
  /** Id or ARN of the secret: a bare api key, or `{"username","api_key"}`. */
  readonly secretId: string;
  /** What messages call the option that names the secret. */
  readonly option: string;
  /** For a secret that names no user. */
  readonly login: string;
  /** Called when the credential is first asked for, so that AWS's SDK is loaded no sooner. */
  readonly loadReader: () => Promise<SecretReader>;
  readonly clock: Clock;
}

/**
 * How often a refused key is replaced by another in one authentication. Once is enough but where the key that was fetched anew dies in
 * its turn, as AWSCURRENT does when a reader that missed a rotation meets the next one.
 */
const MAX_REFUSALS = 2;

/**
 * Waits between looks for another key, in milliseconds: Conjur kills a key in the moment in which it makes the next one, and a rotation
 * needs a moment more to stage that one. Only a single host is ever caught in between; with a pair, the first look finds the other.
 */
const LOOKS_AFTER_MS = [0, 100, 300, 600];

/** A credential that was refused, and for which no other was found, is not searched for again in this time, in milliseconds. */
const SEARCH_PAUSE_MS = 5_000;

/**
 * A credential that AWS Secrets Manager keeps and rotates. It is fetched once and held; when Conjur refuses it, it is fetched anew:
 * AWSCURRENT, and where that is the refused key still, AWSPENDING, which a rotation has set at Conjur but not yet finished. So a key
 * that was rotated underneath a warm container heals by itself.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version
 */
export function createSecretsManagerCredential(options: SecretsManagerCredentialOptions): CredentialSource {
  const { secretId, login } = options;
  let held: ApiKeyCredential | undefined;
  /** When it was last found that no other key is there. */
  let searchedAtMs = Number.NEGATIVE_INFINITY;

  async function fetch(stage: StagingLabel, deadline: Deadline): Promise<ApiKeyCredential | undefined> {
    const reader = await options.loadReader();
    const content = await reader.read(secretId, stage, deadline);
    return content && parseCredential(content, login, secretId, options.option);
  }

  async function fetchAnew(deadline: Deadline): Promise<ApiKeyCredential | undefined> {
    const refused = held;
    for (const waitMs of LOOKS_AFTER_MS) {
      if (waitMs >= deadline.remainingMs()) return undefined;
      if (waitMs > 0) await options.clock.sleep(waitMs);
      for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
        const candidate = await fetch(stage, deadline);
        if (candidate !== undefined && !isSame(candidate, refused)) return candidate;
      }
    }
    searchedAtMs = options.clock.now();
    return undefined;
  }

  /** A clock that went backwards ends the pause. */
  function wasJustSearched(): boolean {
    const agoMs = options.clock.now() - searchedAtMs;
    return agoMs >= 0 && agoMs < SEARCH_PAUSE_MS;
  }

  return {
    description: `the Secrets Manager secret ${secretId}`,
    async get(refusals, deadline) {
      if (refusals > MAX_REFUSALS) return undefined;
      if (refusals > 0) {
        if (wasJustSearched()) return undefined;
        const other = await fetchAnew(deadline);
        held = other ?? held;
        return other;
      }
      held ??= await fetch('AWSCURRENT', deadline);
      return held;
    },
    replace(credential) {
      held = credential;
    },
  };
}

function isSame(a: ApiKeyCredential, b: ApiKeyCredential | undefined): boolean {
  return b !== undefined && a.login === b.login && a.apiKey.equals(b.apiKey);
}
