import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { Secret } from '../../lib/secret.ts';
import type { HttpCall } from '../shared/http/http-call.ts';
import { assertParameters, parseFlag } from '../shared/http/parse-query.ts';
import { unknownRoute } from '../shared/http/unknown-route.ts';
import { parseInput, parseJsonBody } from '../shared/parse-input.ts';
import { variableName } from '../shared/schema.ts';
import { toMany, toSecretToWrite } from './parse-direct.ts';
import { toVirtualKey } from './parse-virtual-key.ts';
import { type SecretToWrite, valueSchema, virtualKeySchema, type WriteRequest } from './request.ts';

const PREFIX = '/secrets/';
const SERVED = 'PUT /secrets/{name}, POST /secrets, POST /virtual-keys and DELETE /secrets/{name}';

/**
 * `PUT /secrets/{name+}`, `POST /secrets`, `POST /virtual-keys`, `DELETE /secrets/{name+}`
 * @throws ConjurError `invalid_request`
 */
export function parseHttp(call: HttpCall): WriteRequest {
  if (call.method === 'POST' && call.path === '/secrets') return toManyRequest(call);
  if (call.method === 'POST' && call.path === '/virtual-keys') return toVirtualKeyRequest(call);
  if (!call.path.startsWith(PREFIX)) throw unknownRoute(call, SERVED);
  const name = parseInput(variableName, call.path.slice(PREFIX.length), "The secret's name");
  if (call.method === 'DELETE') return toDeletion(name, call);
  if (call.method === 'PUT') return { kind: 'one', secret: toSecret(name, call), reportVersion: wantsVersion(call) };
  throw unknownRoute(call, SERVED);
}

function wantsVersion({ query }: HttpCall): boolean {
  assertParameters(query, ['version']);
  return parseFlag(query, 'version') ?? true;
}

function toDeletion(name: string, { query }: HttpCall): WriteRequest {
  assertParameters(query, []);
  return { kind: 'delete', name };
}

function toManyRequest(call: HttpCall): WriteRequest {
  const many = toMany(parseJsonBody(call.body, '{"secrets":[{"name":"app/key","value":"…"}]}'));
  return { ...many, reportVersion: many.reportVersion && wantsVersion(call) };
}

function toVirtualKeyRequest(call: HttpCall): WriteRequest {
  const body = parseJsonBody(call.body, '{"key":"sk-…","key_alias":"team-a","token_id":"…"}');
  const virtualKey = toVirtualKey(parseInput(virtualKeySchema, body, 'The body'));
  return { kind: 'virtual-key', virtualKey, reportVersion: wantsVersion(call) };
}

/** A JSON body says how the value is encoded; under any other content type the body is the value. */
function toSecret(name: string, call: HttpCall): SecretToWrite {
  const mediaType = call.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') {
    return toSecretToWrite(name, parseInput(valueSchema, parseJsonBody(call.body, '{"value":"…"}'), 'The body'));
  }
  if (call.body === undefined)
    throw new ConjurError(
      'invalid_request',
      'The request has no body. Send the value, or JSON such as {"value":"…"} with content-type: application/json.',
    );
  return { name, value: Secret.of(call.body), mimeType: undefined, annotations: undefined };
}
