import type { ConjurClient } from '../../lib/client.ts';
import type { Deadline } from '../../lib/clock.ts';
import { type Batch, ConjurError, isConjurError, type NamedError } from '../../lib/errors.ts';
import type { WriteResult } from '../../lib/secrets/write-secret.ts';
import { createFunctionError, type FunctionError, type FunctionErrorCode } from '../contract/error-codes.ts';
import type { SecretToWrite, VirtualKey, WriteRequest } from '../contract/write-secret.ts';
import {
  type AccessRules,
  assertAccess,
  assertNotReserved,
  findRefusal,
  findReservation,
  toVirtualKeyName,
} from '../runtime/access.ts';

export type WriteAnswer =
  | { readonly kind: 'one'; readonly result: WriteResult }
  | { readonly kind: 'many'; readonly result: Batch<WriteResult, FunctionErrorCode> }
  | { readonly kind: 'delete'; readonly result: Deletion };

export interface WriteDeps extends DeleteDeps {
  readonly conjur: DeleteDeps['conjur'] & Pick<ConjurClient, 'writeSecret' | 'writeSecrets'>;
}

interface WriteOptions {
  readonly reportVersion: boolean;
  readonly deadline: Deadline;
}

/** The use case of write-secret. */
export async function write(deps: WriteDeps, request: WriteRequest, deadline: Deadline): Promise<WriteAnswer> {
  switch (request.kind) {
    case 'one':
      return { kind: 'one', result: await writeOne(deps, request.secret, { ...request, deadline }) };
    case 'many':
      return { kind: 'many', result: await writeMany(deps, request.secrets, { ...request, deadline }) };
    case 'virtual-key':
      return { kind: 'one', result: await storeVirtualKey(deps, request.virtualKey, { ...request, deadline }) };
    case 'delete':
      return { kind: 'delete', result: await deleteSecret(deps, request.name, deadline) };
  }
}

async function writeOne(
  { conjur, settings }: WriteDeps,
  { name, value, mimeType, annotations }: SecretToWrite,
  { reportVersion, deadline }: WriteOptions,
): Promise<WriteResult> {
  assertAccess(settings.keyManagement, 'write', name);
  assertNotReserved(name);
  return conjur.writeSecret(name, value, { mimeType, annotations, reportVersion, deadline });
}

async function storeVirtualKey(deps: WriteDeps, virtualKey: VirtualKey, options: WriteOptions): Promise<WriteResult> {
  const { keyManagement } = deps.settings;
  assertAccess(keyManagement, 'write');
  const name = toVirtualKeyName(keyManagement, virtualKey);
  return writeOne(deps, { name, value: virtualKey.key, mimeType: undefined, annotations: undefined }, options);
}

async function writeMany(
  { conjur, settings }: WriteDeps,
  secrets: readonly SecretToWrite[],
  { reportVersion, deadline }: WriteOptions,
): Promise<Batch<WriteResult, FunctionErrorCode>> {
  assertAccess(settings.keyManagement, 'write');
  const names = secrets.map(({ name }) => name);
  const refused = names.flatMap((name) => {
    const error = findRefusal(settings.keyManagement, 'write', name) ?? findReservation(name);
    return error === undefined ? [] : [{ name, error }];
  });
  const refusedNames = new Set(refused.map(({ name }) => name));
  const allowed = secrets.filter(({ name }) => !refusedNames.has(name));
  const { items, errors } = await conjur.writeSecrets(allowed, { reportVersion, deadline });
  assertAnyWritten(items.length, errors);
  return { items, errors: [...refused, ...errors] };
}

/** Codes that say something about a name, and nothing about the others. */
const PER_NAME_CODES = new Set<string>([
  'invalid_request',
  'not_hosted',
  'forbidden',
  'unprocessable',
  'payload_too_large',
]);

/** Where nothing was written for a reason that concerns no name (no connection, a refused login), the call has failed as a whole. */
function assertAnyWritten(written: number, errors: readonly NamedError[]): void {
  const common = errors.find(({ error }) => !PER_NAME_CODES.has(error.code));
  if (written === 0 && common !== undefined) throw common.error;
}

export interface Deletion {
  readonly name: string;
  /** False where there was nothing that this identity could see, so that a deletion that is repeated does not fail. */
  readonly deleted: boolean;
}

export interface DeleteDeps {
  readonly settings: { readonly keyManagement: AccessRules; readonly allowDelete: boolean };
  readonly conjur: Pick<ConjurClient, 'deleteVariable' | 'showVariable'>;
}

/**
 * Deletes a variable with all its versions where that is allowed, and looks whether it is gone.
 * @throws ConjurError `delete_not_supported`, `access_mode_denied`, `not_hosted`, `forbidden`, `invalid_request` for a name outside the
 * policy branch, `upstream_error` where the variable is still there
 */
export async function deleteSecret(
  { conjur, settings }: DeleteDeps,
  name: string,
  deadline: Deadline,
): Promise<Deletion> {
  if (!settings.allowDelete) throw deleteNotSupported(name);
  assertAccess(settings.keyManagement, 'write', name);
  try {
    await conjur.deleteVariable(name, { deadline });
  } catch (error) {
    if (isConjurError(error, 'secret_not_found')) return { name, deleted: false };
    throw error;
  }
  if ((await conjur.showVariable(name, { deadline })) !== undefined) throw stillThere(name);
  return { name, deleted: true };
}

function deleteNotSupported(name: string): FunctionError {
  return createFunctionError(
    'delete_not_supported',
    `The secret "${name}" was not deleted: Conjur removes a secret by a policy update, in which its variable is deleted. Load that update yourself, or set CYBERARK_ALLOW_DELETE=true to have it made here.`,
  );
}

function stillThere(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `Conjur took the deletion of "${name}", but the variable is there. Another writer may have made it anew; look at it, and delete it again.`,
  );
}
