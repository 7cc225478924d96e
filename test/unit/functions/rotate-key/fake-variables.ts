import type { ConjurClient } from '../../../../lib/client.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret, toSecret } from '../../../../lib/secret.ts';

type Calls = Pick<ConjurClient, 'readSecret' | 'writeSecret' | 'showVariable' | 'deleteVariable'>;

/**
 * Variables of a Conjur in memory. Versions count from 1, and all are kept. A write makes the variable, and asks for its version after that,
 * as the client does.
 */
export class FakeVariables {
  /** `read app/key 2`, `write app/key`, in the order in which they came. */
  readonly calls: string[] = [];
  /** What somebody else does, or a fault: run before each call, with its words. */
  before: (call: string) => void = () => undefined;
  /** The same, right after it. */
  after: (call: string) => void = () => undefined;
  /** Whether this identity may see versions. */
  showsVersions = true;
  readonly #versions: Map<string, string[]>;

  constructor(versions: Readonly<Record<string, readonly string[]>> = {}) {
    this.#versions = new Map(Object.entries(versions).map(([name, values]) => [name, [...values]]));
  }

  /** Latest last. */
  versionsOf(name: string): readonly string[] {
    return this.#versions.get(name) ?? [];
  }

  /** Past the calls that are counted. */
  store(name: string, value: string): void {
    this.#versions.set(name, [...this.versionsOf(name), value]);
  }

  remove(name: string): void {
    this.#versions.delete(name);
  }

  /** As a rotation gets it. */
  get conjur(): ConjurClient {
    const calls: Calls = {
      readSecret: async (name, { version, fromLeader } = {}) =>
        this.#call(`read ${name}${version === undefined ? '' : ` ${version}`}`, () => {
          if (fromLeader !== true) throw new Error('A follower may lag behind.');
          if (version !== undefined && !(version >= 1)) throw new ConjurError('invalid_request', 'No such version.');
          const values = this.versionsOf(name);
          const value = values[(version ?? values.length) - 1];
          if (value === undefined) throw notFound();
          return { value: Secret.of(value), fromLeader, version } as never;
        }),
      writeSecret: async (name, value, { reportVersion } = {}) => {
        this.#call(`write ${name}`, () => this.store(name, toSecret(value).expose()));
        const version = reportVersion === false ? undefined : (await calls.showVariable(name))?.version;
        return { version } as never;
      },
      showVariable: async (name) =>
        this.#call(`show ${name}`, () => {
          const { length } = this.versionsOf(name);
          return length === 0 ? undefined : ({ version: this.showsVersions ? length : undefined } as never);
        }),
      deleteVariable: async (name) =>
        this.#call(`delete ${name}`, () => {
          if (!this.#versions.delete(name)) throw notFound();
          return undefined as never;
        }),
    };
    return calls as unknown as ConjurClient;
  }

  #call<T>(call: string, work: () => T): T {
    this.calls.push(call);
    this.before(call);
    const result = work();
    this.after(call);
    return result;
  }
}

function notFound(): ConjurError {
  return new ConjurError('secret_not_found', 'It is not there.');
}
