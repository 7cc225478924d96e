import { type Cursor, type Mark, YamlFault } from './cursor.ts';

/** Something that becomes a key when a colon follows on its line. */
export interface PossibleKey {
  readonly mark: Mark;
  /** Where the collection goes on: anything but a key would be wrong here. */
  readonly isRequired: boolean;
  /** Which token of the text it is. */
  readonly tokenNumber: number;
}

/** A key cannot be longer, in characters. */
const LONGEST_KEY = 1024;

/** What may yet be a key: one thing outside of all brackets, and one in each pair of them. */
export class PossibleKeys {
  readonly #keys: (PossibleKey | undefined)[] = [undefined];

  /** Whether brackets are open. */
  get isInFlow(): boolean {
    return this.#keys.length > 1;
  }

  openBracket(): void {
    this.#keys.push(undefined);
  }

  closeBracket(): void {
    if (this.isInFlow) this.#keys.pop();
  }

  has(tokenNumber: number): boolean {
    return this.#keys.some((key) => key?.tokenNumber === tokenNumber);
  }

  save(key: PossibleKey): void {
    this.drop();
    this.#keys[this.#keys.length - 1] = key;
  }

  /** The innermost one, which is a key now. */
  take(): PossibleKey | undefined {
    const key = this.#keys.at(-1);
    this.#keys[this.#keys.length - 1] = undefined;
    return key;
  }

  /** The innermost one is none. Throws where a key had to be. */
  drop(level = this.#keys.length - 1): void {
    const key = this.#keys[level];
    if (key?.isRequired) throw new YamlFault("could not find expected ':'", 'while scanning a simple key', key.mark);
    this.#keys[level] = undefined;
  }

  /** A key cannot go over a line break, nor be too long. */
  dropStale({ line, index }: Cursor): void {
    this.#keys.forEach((key, level) => {
      if (key === undefined) return;
      if (key.mark.line !== line || key.mark.index + LONGEST_KEY < index) this.drop(level);
    });
  }
}
