/**
 * Remembers which version of a variable this client saw last, so that a write can tell whether the value became a new one without a
 * request more. Another writer's version in between counts as a change too. Bounded: the longest unused name is forgotten.
 */
export class VersionMemory {
  readonly #seen = new Map<string, number>();
  readonly #limit: number;

  constructor(limit = 1_000) {
    this.#limit = limit;
  }

  /** Notes a version and says whether it is above the one seen before; undefined where none was seen. */
  note(name: string, version: number | undefined): boolean | undefined {
    if (version === undefined) return undefined;
    const before = this.#seen.get(name);
    this.#seen.delete(name);
    this.#seen.set(name, version);
    if (this.#seen.size > this.#limit) this.#seen.delete(this.#seen.keys().next().value as string);
    return before === undefined ? undefined : version > before;
  }
}
