import { type ConjurContext, parseJsonObject, secretNotFound, toConjurError, unreadable } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { type Batch, ConjurError, isAboutOneName, isConjurError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import { faultOfName } from '../names.ts';
import { Secret } from '../secret.ts';
import { readSecret, type SecretValue } from '../secrets/read-secret.ts';
import { inParallel } from '../secrets/write-secrets.ts';
import { toV2 } from './v2.ts';

/** Names in one request. */
const MAX_IDS = 250;
/** Requests under way at once: enough to hide latency, too few to starve other clients. */
const CONCURRENCY = 4;

type Outcome = SecretValue | ConjurError;

/**
 * `POST /secrets/values` (v2beta), 250 names at a time: the service says for each name how it went, so that a bad one costs nothing. A
 * value that is no text does not fit into its JSON (406) and is read singly.
 *
 * Failures not tied to one name fail the whole call.
 */
export async function readValues(
  context: ConjurContext,
  names: readonly string[],
  deadline: Deadline,
): Promise<Batch<SecretValue>> {
  const outcomes = new Map<string, Outcome>();
  const legal = [...new Set(names)].filter((name) => isLegal(name, outcomes));
  const binary: string[] = [];
  const chunks = Array.from({ length: Math.ceil(legal.length / MAX_IDS) }, (_, index) =>
    legal.slice(index * MAX_IDS, (index + 1) * MAX_IDS),
  );
  await allOf(chunks, (chunk) => askFor(context, chunk, outcomes, binary, deadline));
  await allOf(binary, async (name) => {
    outcomes.set(name, await orItsError(readSecret(context, name, {}, deadline)));
  });
  const items: SecretValue[] = [];
  const errors: { name: string; error: ConjurError }[] = [];
  for (const name of new Set(names)) {
    const outcome = outcomes.get(name);
    if (isConjurError(outcome)) errors.push({ name, error: outcome });
    else items.push(outcome as SecretValue);
  }
  return { items, errors };
}

/** Waits for all, then throws what failed first: nothing is left under way behind a call that has ended. */
async function allOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures = await inParallel(items, CONCURRENCY, (item) =>
    work(item).then(
      () => undefined,
      (error: unknown) => ({ error }),
    ),
  );
  const failure = failures.find((one) => one !== undefined);
  if (failure !== undefined) throw failure.error;
}

/** @throws whatever is about more than one name */
async function orItsError(reading: Promise<SecretValue>): Promise<Outcome> {
  try {
    return await reading;
  } catch (error) {
    if (!isAboutOneName(error)) throw error;
    return error;
  }
}

function isLegal(name: string, outcomes: Map<string, Outcome>): boolean {
  const fault = faultOfName(name);
  if (fault !== undefined) outcomes.set(name, fault);
  return fault === undefined;
}

async function askFor(
  context: ConjurContext,
  names: readonly string[],
  outcomes: Map<string, Outcome>,
  binary: string[],
  deadline: Deadline,
): Promise<void> {
  const request: HttpRequest = {
    method: 'POST',
    path: '/secrets/values',
    ...toV2('v2beta', { ids: names }),
    action: `reading ${names.length} secrets`,
    idempotent: true,
    target: 'read',
    confirmAtLeader: [403],
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toConjurError(context, request, response);
  const { secrets } = parseJsonObject(context, request, response);
  if (!Array.isArray(secrets)) throw unreadable(context, request, response);
  const byId = new Map(secrets.map((entry: unknown) => [(entry as { id?: unknown } | null)?.id, entry]));
  for (const name of names) {
    const { value, status } = (byId.get(name) ?? {}) as { value?: unknown; status?: unknown };
    if (status === 200 && typeof value === 'string' && value !== '') outcomes.set(name, toSecretValue(name, value));
    else if (status === 404) outcomes.set(name, secretNotFound(name));
    else if (status === 403) outcomes.set(name, notReadable(name));
    else if (status === 406) binary.push(name);
    else if (Number.isSafeInteger(status) && status !== 200) outcomes.set(name, notGiven(name, status as number));
    else throw unreadable(context, request, response);
  }
}

function toSecretValue(name: string, value: string): SecretValue {
  return { name, value: Secret.of(value), contentType: undefined, version: undefined, stale: false };
}

/** A failure of the service that is about this name, and about no other. */
function notGiven(name: string, status: number): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The service answered ${status} for the secret "${name}", and gave the others of the same request. Try again; if it stays, look into the service's own log.`,
  );
}

function notReadable(name: string): ConjurError {
  return new ConjurError(
    'forbidden',
    `This identity may not read the secret "${name}". Have \`read\` and \`execute\` granted on the variable.`,
  );
}
