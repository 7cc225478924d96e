import type { ConjurClient } from '../../lib/client/create-conjur-client.ts';
import type { WriteResult } from '../../lib/client/write-secret.ts';
import type { BatchWriteResult } from '../../lib/client/write-secrets.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { assertAccess, findRefusals } from '../../lib/key-management/assert-access.ts';
import { toVirtualKeyName } from '../../lib/key-management/to-virtual-key-name.ts';
import { type DeletePorts, type Deletion, deleteSecret } from './delete-secret.ts';
import type { SecretToWrite, VirtualKey, WriteRequest } from './request.ts';

export type WriteAnswer =
  | { readonly kind: 'one'; readonly result: WriteResult }
  | { readonly kind: 'many'; readonly result: BatchWriteResult }
  | { readonly kind: 'delete'; readonly result: Deletion };

export interface WritePorts extends DeletePorts {
  readonly conjur: DeletePorts['conjur'] & Pick<ConjurClient, 'writeSecret' | 'writeSecrets'>;
}

interface WriteOptions {
  readonly reportVersion: boolean;
  readonly deadline: Deadline;
}

/** The use case of write-secret. */
export async function write(ports: WritePorts, request: WriteRequest, deadline: Deadline): Promise<WriteAnswer> {
  switch (request.kind) {
    case 'one':
      return { kind: 'one', result: await writeOne(ports, request.secret, { ...request, deadline }) };
    case 'many':
      return { kind: 'many', result: await writeMany(ports, request.secrets, { ...request, deadline }) };
    case 'virtual-key':
      return { kind: 'one', result: await storeVirtualKey(ports, request.virtualKey, { ...request, deadline }) };
    case 'delete':
      return { kind: 'delete', result: await deleteSecret(ports, request.name, deadline) };
  }
}

async function writeOne(
  { conjur, settings }: WritePorts,
  { name, value, mimeType, annotations }: SecretToWrite,
  { reportVersion, deadline }: WriteOptions,
): Promise<WriteResult> {
  assertAccess(settings.keyManagement, 'write', name);
  return conjur.writeSecret(name, value, { mimeType, annotations, reportVersion, deadline });
}

async function storeVirtualKey(ports: WritePorts, virtualKey: VirtualKey, options: WriteOptions): Promise<WriteResult> {
  const { keyManagement } = ports.settings;
  assertAccess(keyManagement, 'write');
  const name = toVirtualKeyName(keyManagement, virtualKey);
  return writeOne(ports, { name, value: virtualKey.key, mimeType: undefined, annotations: undefined }, options);
}

async function writeMany(
  { conjur, settings }: WritePorts,
  secrets: readonly SecretToWrite[],
  { reportVersion, deadline }: WriteOptions,
): Promise<BatchWriteResult> {
  assertAccess(settings.keyManagement, 'write');
  const names = secrets.map(({ name }) => name);
  const refused = findRefusals(settings.keyManagement, 'write', names);
  const refusedNames = new Set(refused.map(({ name }) => name));
  const allowed = secrets.filter(({ name }) => !refusedNames.has(name));
  const { results, errors } = await conjur.writeSecrets(allowed, { reportVersion, deadline });
  assertAnyWritten(results.length, errors);
  return { results, errors: [...refused, ...errors] };
}

/** Codes that say something about a name, and nothing about the others. */
const NAMED = new Set(['invalid_request', 'not_hosted', 'forbidden', 'unprocessable', 'payload_too_large']);

/** Where nothing was written for a reason that concerns no name (no connection, a refused login), the call has failed as a whole. */
function assertAnyWritten(written: number, errors: BatchWriteResult['errors']): void {
  const common = errors.find(({ error }) => !NAMED.has(error.code));
  if (written === 0 && common !== undefined) throw common.error;
}
