import type { Deadline } from '../clock.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import { parseVariableName } from '../names.ts';

/** A variable as a policy load defines it. */
export interface VariableDefinition {
  /** Full id of the variable, as it is read and written: `apps/key-1`. */
  readonly name: string;
  /** Content type that Conjur answers with when the value is read. */
  readonly mimeType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Rights on every variable that is made, given in the same load. */
export interface VariableGrants {
  /** Roles that get `[read, execute]`, by kind and full id: `group:apps/readers`. */
  readonly read: readonly string[];
  /** Roles that get `[read, update]`. */
  readonly write: readonly string[];
}

export const MAX_ANNOTATIONS = 50;
/** In characters, as are the two below. */
export const MAX_ANNOTATION_NAME_LENGTH = 255;
export const MAX_ANNOTATION_VALUE_LENGTH = 4_096;
export const MAX_MIME_TYPE_LENGTH = 255;

/** A media type (RFC 9110, section 8.3.1), with parameters in visible characters: Conjur answers with it as a header. */
export const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:[ \t]*;[ \t\x21-\x7e]*)?$/;

// A value may have several lines. No other control character has a use, and PostgreSQL, which Conjur keeps them in, takes no NUL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_IN_NAME = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Annotations that Conjur itself acts on: `rotation/…` switches its own rotators on, which connect to a host of the annotation's choosing
 * with values that its author may not read; `dynamic/…` makes a variable an issuer's; `conjur/…` is Conjur's own.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/services/rotators-lp.htm
 */
const INTERPRETED = /^(?:rotation|dynamic|conjur)\//i;

/** Conjur keeps the MIME type of a variable as an annotation of this name. */
export const MIME_TYPE_ANNOTATION = 'conjur/mime_type';

/**
 * Checks how a variable is to be defined, and gives it back unchanged. The messages show names, and no annotation's value.
 * @throws ConjurError `invalid_request`
 */
export function parseVariableDefinition<Definition extends VariableDefinition>(definition: Definition): Definition {
  const { name, mimeType, annotations = {} } = definition;
  parseVariableName(name);
  if (mimeType !== undefined && !isMimeType(mimeType))
    throw invalid(name, 'its MIME type is none', 'Give one such as application/json.');
  const entries = Object.entries(annotations);
  if (entries.length > MAX_ANNOTATIONS)
    throw invalid(name, `it has more than ${MAX_ANNOTATIONS} annotations`, 'Leave some out.');
  for (const [key, value] of entries) {
    checkAnnotationName(name, key);
    checkAnnotationValue(name, key, value);
  }
  return definition;
}

function isMimeType(text: string): boolean {
  return text.length <= MAX_MIME_TYPE_LENGTH && MIME_TYPE.test(text) && !isRelativePath(text);
}

/** Conjur takes the value of an annotation that has two dots between its slashes for a path, and stores what that comes to instead. */
function isRelativePath(value: string): boolean {
  return value.split('/').includes('..');
}

function checkAnnotationName(name: string, key: string): void {
  if (key.length > MAX_ANNOTATION_NAME_LENGTH)
    throw invalid(name, `an annotation's name is longer than ${MAX_ANNOTATION_NAME_LENGTH} characters`, 'Shorten it.');
  if (key.trim() === '' || FORBIDDEN_IN_NAME.test(key) || !key.isWellFormed())
    throw invalid(name, "an annotation's name is empty, or holds control characters or line separators", 'Rename it.');
  if (key !== MIME_TYPE_ANNOTATION && INTERPRETED.test(key))
    throw invalid(
      name,
      `Conjur acts on the annotation ${JSON.stringify(key)}`,
      'Rename it; load it by a policy of your own if that is meant.',
    );
  if (key === MIME_TYPE_ANNOTATION)
    throw invalid(name, `"${MIME_TYPE_ANNOTATION}" is where Conjur keeps the MIME type`, 'Give it as the MIME type.');
}

function checkAnnotationValue(name: string, key: string, value: string): void {
  const what = `the annotation ${JSON.stringify(key)}`;
  if (typeof value !== 'string') throw invalid(name, `${what} is no string`, 'Give a string.');
  if (value.length > MAX_ANNOTATION_VALUE_LENGTH)
    throw invalid(name, `${what} is longer than ${MAX_ANNOTATION_VALUE_LENGTH} characters`, 'Shorten it.');
  if (FORBIDDEN_IN_VALUE.test(value) || !value.isWellFormed())
    throw invalid(name, `${what} holds control characters or is no well-formed unicode`, 'Lines and tabs are fine.');
  if (isRelativePath(value))
    throw invalid(name, `${what} has ".." between slashes, which Conjur would store as another path`, 'Write it out.');
}

function invalid(name: string, problem: string, advice: string): ConjurError {
  return new ConjurError('invalid_request', `The secret "${name}" cannot be defined like this: ${problem}. ${advice}`);
}

/**
 * The id that a policy document of a branch gives to a variable: the branch's own id is cut off, since Conjur puts it in front again.
 * So `apps/key-1` in branch `apps` is the same variable as `apps/key-1` loaded into `root`.
 *
 * Conjur takes an id of nothing but whitespace for none, and names the record after the branch itself: the variable `apps`.
 * @throws ConjurError `invalid_request` for a name outside the branch, and for one of whitespace below it
 */
export function toBranchRelativeId(name: string, branch: string): string {
  const id = branch === 'root' ? name : cutBranch(name, branch);
  if (id.trim() !== '') return id;
  throw new ConjurError(
    'invalid_request',
    `The secret "${name}" cannot be made: Conjur takes a name of nothing but spaces for no name. Use another one.`,
  );
}

function cutBranch(name: string, branch: string): string {
  if (name.startsWith(`${branch}/`)) return name.slice(branch.length + 1);
  throw new ConjurError(
    'invalid_request',
    `The secret "${name}" does not exist and cannot be made: new variables go into the policy branch "${branch}". Use a name that begins with "${branch}/", or define the variable by a policy of your own first.`,
  );
}

export interface VariableDefinerOptions {
  readonly branch: string;
  /** Loads one policy document that defines all of these. */
  readonly load: (variables: readonly VariableDefinition[], deadline: Deadline) => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Waiting {
  readonly variable: VariableDefinition;
  readonly deadline: Deadline;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a load waits, at most, for the writes under way to say whether they need it too. It takes about as long itself. */
const GATHER_MS = 250;

/** Variables per document: far below any limit on a request's size. */
const MAX_PER_LOAD = 500;

/**
 * Defines variables with as few policy loads as possible. A load takes Conjur's lock and several times as long as a write, so what is
 * asked for while one is under way waits and goes into the next one, all together; and one is not begun while writes that set out
 * with the first may still find their variable missing.
 */
export class VariableDefiner {
  readonly #options: VariableDefinerOptions;
  readonly #undecided = new Set<Promise<unknown>>();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: VariableDefinerOptions) {
    this.#options = options;
  }

  /** Tells of a write whose answer may be that its variable is missing. */
  async trackWrite<T>(write: Promise<T>): Promise<T> {
    this.#undecided.add(write);
    try {
      return await write;
    } finally {
      this.#undecided.delete(write);
    }
  }

  /** @throws ConjurError `invalid_request` for a name outside the branch, and whatever the load throws */
  async define(variable: VariableDefinition, deadline: Deadline): Promise<void> {
    toBranchRelativeId(variable.name, this.#options.branch);
    const defined = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ variable, deadline, resolve, reject });
    });
    this.#running ??= this.#run();
    await deadline.race(defined, `defining the variable "${variable.name}"`);
  }

  /** Resolves when no load is under way: one whose callers gave up goes on until its own deadline. Undefined where none is. */
  idle(): Promise<void> | undefined {
    return this.#running;
  }

  /** Never rejects: each failure goes to those who wait for it. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#load(this.#waiting.splice(0, MAX_PER_LOAD));
    }
    this.#running = undefined;
  }

  /** One turn of the event loop lets those that are refused together define together. */
  async #gather(): Promise<void> {
    const decided = Promise.allSettled(this.#undecided).then(() => new Promise((resolve) => setImmediate(resolve)));
    await (this.#undecided.size === 0 ? decided : Promise.race([decided, this.#options.sleep(GATHER_MS)]));
  }

  async #load(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#options.load(distinct(batch), latestDeadline(batch));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && isConjurError(error, 'unprocessable')) return this.#loadHalves(batch);
      for (const { reject } of batch) reject(error);
    }
  }

  /** A document is taken or refused as a whole: one bad definition must not refuse the others. */
  async #loadHalves(batch: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.#load(batch.slice(0, middle));
    await this.#load(batch.slice(middle));
  }
}

function distinct(batch: readonly Waiting[]): VariableDefinition[] {
  return [...new Map(batch.map(({ variable }) => [variable.name, variable])).values()];
}

function latestDeadline(batch: readonly Waiting[]): Deadline {
  return batch
    .map(({ deadline }) => deadline)
    .reduce((a, b) => (b.expiresAtMs > a.expiresAtMs ? b : a))
    .withoutSignal();
}
