import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { decodeValue } from '../shared/decode-value.ts';
import { fieldsOf } from '../shared/fields-of.ts';
import { parseInput } from '../shared/parse-input.ts';
import { toVirtualKey } from './parse-virtual-key.ts';
import {
  deleteSchema,
  type SecretToWrite,
  storeVirtualKeySchema,
  type valueSchema,
  type WriteRequest,
  writeManySchema,
  writeOneSchema,
} from './request.ts';

/** @throws ConjurError `invalid_request` */
export function parseDirect(payload: unknown): WriteRequest {
  const fields = fieldsOf(payload);
  if ('secrets' in fields) return toMany(payload);
  if ('virtual_key' in fields) return toVirtualKeyRequest(payload);
  if ('delete' in fields) return { kind: 'delete', name: parseInput(deleteSchema, payload, 'The call').delete };
  if (!('name' in fields)) {
    throw new ConjurError(
      'invalid_request',
      'The call must be an object with "name" and "value", or with "secrets", "virtual_key" or "delete", such as {"name":"app/db/password","value":"…"}.',
    );
  }
  const { version, ...secret } = parseInput(writeOneSchema, payload, 'The call');
  return { kind: 'one', secret: toSecretToWrite(secret.name, secret), reportVersion: version ?? true };
}

/** @throws ConjurError `invalid_request` */
export function toMany(payload: unknown): WriteRequest & { kind: 'many' } {
  const { secrets, version } = parseInput(writeManySchema, payload, 'The call');
  assertDistinct(secrets.map(({ name }) => name));
  return {
    kind: 'many',
    secrets: secrets.map((secret) => toSecretToWrite(secret.name, secret)),
    reportVersion: version ?? true,
  };
}

/** Of two values for one name, nobody could say which would stand in the end. */
function assertDistinct(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConjurError(
      'invalid_request',
      `The secret ${JSON.stringify(twice)} stands in the call more than once. Give each name once, with the value that it should have.`,
    );
}

function toVirtualKeyRequest(payload: unknown): WriteRequest {
  const { virtual_key: virtualKey, version } = parseInput(storeVirtualKeySchema, payload, 'The call');
  return { kind: 'virtual-key', virtualKey: toVirtualKey(virtualKey), reportVersion: version ?? true };
}

export function toSecretToWrite(name: string, input: v.InferOutput<typeof valueSchema>): SecretToWrite {
  return {
    name,
    value: decodeValue(input.value, input.encoding),
    mimeType: input.mime_type,
    annotations: input.annotations,
  };
}
