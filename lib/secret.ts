import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * The bytes themselves, for those in this project who only read them: a value of a megabyte is not copied on its way.
 * @internal
 */
export let exposeUncopied: (secret: Secret) => Buffer;

/**
 * False for a text that UTF-8 cannot write: one with half a surrogate pair.
 * @internal
 */
export let isWellFormed: (secret: Secret) => boolean;

/**
 * Holds a secret value, api key, token or certificate so that it cannot be printed by accident: string conversion, JSON, template
 * literals and `util.inspect` all give `[redacted]`. Only {@link Secret.expose} and {@link Secret.exposeBytes} give it away, and
 * those two words are what a reviewer searches for.
 * @example
 * const key = Secret.of('correct horse');
 * console.log(`${key}`, key.expose()); // [redacted] correct horse
 */
export class Secret {
  readonly #bytes: Buffer;
  #text: string | undefined;

  static {
    exposeUncopied = (secret) => secret.#bytes;
    isWellFormed = (secret) => secret.#text?.isWellFormed() !== false;
  }

  private constructor(bytes: Buffer, text: string | undefined) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /**
   * Wraps a text, which is kept as UTF-8, or bytes, which are kept as they are (not copied).
   * @throws TypeError for anything else, which is not quoted
   * @example
   * const key = Secret.of(readFileSync('/run/secrets/api-key'));
   */
  static of(value: string | Uint8Array): Secret {
    if (typeof value === 'string') return new Secret(Buffer.from(value, 'utf8'), value);
    if (!ArrayBuffer.isView(value))
      throw new TypeError('A secret value must be a Secret, a text or bytes (Uint8Array).');
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return new Secret(bytes, undefined);
  }

  /**
   * The secret as text, decoded as UTF-8.
   * @example
   * await database.connect({ user: 'app', password: value.expose() });
   */
  expose(): string {
    this.#text ??= this.#bytes.toString('utf8');
    return this.#text;
  }

  /**
   * A copy of the secret as bytes, which is the caller's own to overwrite.
   * @example
   * const bytes = value.exposeBytes();
   * bytes.fill(0);
   */
  exposeBytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /**
   * Length in bytes.
   * @example
   * if (value.byteLength === 0) throw new Error('empty');
   */
  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /**
   * Compares in constant time for secrets of equal length.
   * @example
   * if (!Secret.of(given).equals(expected)) throw new Error('refused');
   */
  equals(other: Secret): boolean {
    return this.#bytes.byteLength === other.#bytes.byteLength && timingSafeEqual(this.#bytes, other.#bytes);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** A value as a caller writes it. */
export function toSecret(value: Secret | string | Uint8Array): Secret {
  return value instanceof Secret ? value : Secret.of(value);
}
