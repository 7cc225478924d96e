import type { ConjurContext } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { type Batch, isConjurError, type NamedError } from '../errors.ts';
import { type Secret, toSecret } from '../secret.ts';
import { parseVariableDefinition, type VariableDefinition, type VariableGrants } from '../secrets/variable-policy.ts';
import { describeWrite, type WriteResult, type WriteState, writeSecret } from '../secrets/write-secret.ts';
import { inParallel, type SecretToWrite, writeSecrets } from '../secrets/write-secrets.ts';
import { createSecret } from './create-secret.ts';

/** The limits of one call of a write. */
interface CallWrite {
  readonly deadline: Deadline;
  readonly reportVersion: boolean;
}

/** Names that this client has seen there, so that a write to them begins with the value. Bounded: the oldest is forgotten. */
export class KnownNames {
  readonly #names = new Set<string>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string): void {
    this.#names.add(name);
    if (this.#names.size > this.#limit) this.#names.delete(this.#names.values().next().value as string);
  }
}

export interface SaasWriteState extends WriteState {
  readonly known: KnownNames;
  readonly grants: VariableGrants;
  /** The branch that new variables go into. */
  readonly branch: string;
}

/**
 * Creates the variable with its value and permissions in one request; one that exists gets its value, in the next. A name that this
 * client knows to exist gets it at once. What the second API cannot create (see `createSecret`) goes the way of every Conjur.
 * @throws ConjurError as `writeSecret`
 */
export async function writeOnSaas(
  context: ConjurContext,
  state: SaasWriteState,
  variable: VariableDefinition,
  value: Secret,
  call: CallWrite,
): Promise<WriteResult> {
  const created = await tryCreation(context, state, variable, value, call);
  if (created !== undefined) return created;
  const result = await writeSecret(context, state, variable, value, call);
  state.known.add(variable.name);
  return result;
}

/** Many at once: what can be created is, and the rest is written together. One that fails never loses the others. */
export async function writeManyOnSaas(
  context: ConjurContext,
  state: SaasWriteState,
  secrets: readonly SecretToWrite[],
  call: CallWrite,
): Promise<Batch<WriteResult>> {
  const errors: NamedError[] = [];
  const created = await inParallel(secrets, CONCURRENCY, async ({ value, ...variable }) => {
    try {
      return await tryCreation(context, state, variable, toSecret(value), call);
    } catch (error) {
      if (!isConjurError(error)) throw error;
      errors.push({ name: variable.name, error });
      return undefined;
    }
  });
  const failed = new Set(errors.map(({ name }) => name));
  const rest = secrets.filter(({ name }, index) => created[index] === undefined && !failed.has(name));
  const written = await writeSecrets(context, state, rest, call);
  for (const { name } of written.items) state.known.add(name);
  const byName = new Map(
    [...created, ...written.items].flatMap((item) => (item === undefined ? [] : [[item.name, item]])),
  );
  return {
    items: secrets.flatMap(({ name }) => byName.get(name) ?? []),
    errors: [...errors, ...written.errors],
  };
}

/** Requests under way at once, as for other writes. */
const CONCURRENCY = 16;

async function tryCreation(
  context: ConjurContext,
  { known, grants, branch, versions }: SaasWriteState,
  variable: VariableDefinition,
  value: Secret,
  call: CallWrite,
): Promise<WriteResult | undefined> {
  const { name } = parseVariableDefinition(variable);
  // Outside the branch nothing is made, here as everywhere; what exists there is written.
  if (known.has(name) || !name.startsWith(`${branch}/`)) return undefined;
  const { deadline, reportVersion } = call;
  const seenVersion = versions.seen(name);
  const creation = await createSecret(context, variable, value, { grants, seenVersion }, deadline);
  if (creation === 'impossible') return undefined;
  known.add(name);
  if (creation === 'exists') return undefined;
  // By whom it was created, nobody can tell any more.
  if (creation === 'written') return describeWrite(context, versions, { name, created: false }, call);
  // The value that a variable is created with is its first version.
  versions.note(name, 1);
  return { name, created: true, changed: true, version: reportVersion ? 1 : undefined };
}
