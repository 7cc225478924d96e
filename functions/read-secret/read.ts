import type { ConjurClient } from '../../lib/client.ts';
import type { Deadline } from '../../lib/clock.ts';
import type { Batch } from '../../lib/errors.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type Variable, type VariablePage } from '../../lib/resources/variables.ts';
import type { SecretValue } from '../../lib/secrets/read-secret.ts';
import type { FunctionErrorCode } from '../contract/error-codes.ts';
import type { ReadRequest } from '../contract/read-secret.ts';
import { type AccessRules, assertAccess, findRefusal, findRefusals, isLimited } from '../runtime/access.ts';

export interface Health {
  readonly ok: true;
  readonly account: string;
  readonly login: string;
  /** Seconds since the session token was got. */
  readonly tokenAgeSeconds: number;
}

export type ReadAnswer =
  | { readonly kind: 'one'; readonly secret: SecretValue }
  | { readonly kind: 'many'; readonly result: Batch<SecretValue, FunctionErrorCode> }
  | { readonly kind: 'list'; readonly variables: readonly Variable[]; readonly nextOffset: number | undefined }
  | { readonly kind: 'health'; readonly health: Health };

export interface ReadDeps {
  readonly settings: { readonly keyManagement: AccessRules };
  readonly conjur: Pick<ConjurClient, 'readSecret' | 'readSecrets' | 'listVariables' | 'whoami' | 'tokenAgeMs'>;
}

/** The use case of read-secret. */
export async function read(deps: ReadDeps, request: ReadRequest, deadline: Deadline): Promise<ReadAnswer> {
  const { conjur, settings } = deps;
  switch (request.kind) {
    case 'one': {
      const { name, version, fresh } = request;
      assertAccess(settings.keyManagement, 'read', name);
      return { kind: 'one', secret: await conjur.readSecret(name, { version, fresh, deadline }) };
    }
    case 'many':
      return { kind: 'many', result: await readMany(deps, request, deadline) };
    case 'list':
      return { kind: 'list', ...(await list(deps, request, deadline)) };
    case 'health':
      return { kind: 'health', health: await health(deps, deadline) };
  }
}

async function readMany(
  { conjur, settings }: ReadDeps,
  { names, fresh }: ReadRequest & { kind: 'many' },
  deadline: Deadline,
): Promise<Batch<SecretValue, FunctionErrorCode>> {
  assertAccess(settings.keyManagement, 'read');
  const refused = findRefusals(settings.keyManagement, 'read', names);
  const refusedNames = new Set(refused.map(({ name }) => name));
  const allowed = names.filter((name) => !refusedNames.has(name));
  const { items, errors } =
    allowed.length === 0 ? { items: [], errors: [] } : await conjur.readSecrets(allowed, { fresh, deadline });
  return { items, errors: [...errors, ...refused] };
}

async function list(deps: ReadDeps, request: ReadRequest & { kind: 'list' }, deadline: Deadline) {
  const { conjur, settings } = deps;
  assertAccess(settings.keyManagement, 'read');
  const { search, limit, offset } = request;
  if (!isLimited(settings.keyManagement)) return conjur.listVariables({ search, limit, offset, deadline });
  // Offsets of Conjur's own list would tell how many names there are that this caller must not know of.
  const allowed = await listAllowed(deps, search, deadline);
  const end = offset + (limit ?? DEFAULT_PAGE_SIZE);
  return { variables: allowed.slice(offset, end), nextOffset: end < allowed.length ? end : undefined };
}

/** All that this caller may read, in Conjur's order. */
async function listAllowed(
  { conjur, settings }: ReadDeps,
  search: string | undefined,
  deadline: Deadline,
): Promise<Variable[]> {
  const allowed: Variable[] = [];
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page: VariablePage = await conjur.listVariables({ search, limit: MAX_PAGE_SIZE, offset, deadline });
    allowed.push(
      ...page.variables.filter(({ name }) => findRefusal(settings.keyManagement, 'read', name) === undefined),
    );
    offset = page.nextOffset;
  }
  return allowed;
}

async function health({ conjur }: ReadDeps, deadline: Deadline): Promise<Health> {
  const { account, login } = await conjur.whoami({ deadline });
  return { ok: true, account, login, tokenAgeSeconds: Math.floor((conjur.tokenAgeMs() ?? 0) / 1000) };
}
