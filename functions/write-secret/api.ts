import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors.ts';
import { assertDistinct } from '../../lib/names.ts';
import { Secret } from '../../lib/secret.ts';
import type { WriteResult } from '../../lib/secrets/write-secret.ts';
import type { InvokedDeletion, InvokedWrite, Wire, WireBatch } from '../contract/answers.ts';
import { variableName } from '../contract/fields.ts';
import {
  deleteSchema,
  type SecretToWrite,
  storeVirtualKeySchema,
  type VirtualKey,
  valueSchema,
  virtualKeySchema,
  type WriteRequest,
  writeManySchema,
  writeOneSchema,
} from '../contract/write-secret.ts';
import type { FunctionDefinition } from '../runtime/create-function.ts';
import {
  assertParameters,
  fieldsOf,
  type HttpCall,
  type HttpReply,
  jsonReply,
  parseFlag,
  unknownRoute,
} from '../runtime/http.ts';
import { decodeValue, parseInput, parseJsonBody } from '../runtime/input.ts';
import { type WriteAnswer, write } from './write.ts';

/**
 * Alias and token id become the secret's name, which stands in logs and answers. A caller that mixed the fields up would publish the
 * key there.
 * @throws ConjurError `invalid_request`
 */
export function toVirtualKey(input: v.InferOutput<typeof virtualKeySchema>): VirtualKey {
  const { key, key_alias: keyAlias, token_id: tokenId } = input;
  if (tokenId.includes(key) || keyAlias?.includes(key))
    throw new ConjurError(
      'invalid_request',
      'The key itself stands in "key_alias" or "token_id", which become the name of the secret. Give the hash of the key as "token_id", as LiteLLM does.',
    );
  return { key: Secret.of(key), keyAlias: keyAlias ?? undefined, tokenId };
}

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

function toVirtualKeyRequest(payload: unknown, what = 'The call'): WriteRequest & { kind: 'virtual-key' } {
  const { virtual_key: virtualKey, version } = parseInput(storeVirtualKeySchema, payload, what);
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

const PREFIX = '/secrets/';
const SERVED = 'PUT /secrets/{name}, POST /secrets, POST /virtual-keys and DELETE /secrets/{name}';

/**
 * `PUT /secrets/{name+}`, `POST /secrets`, `POST /virtual-keys`, `DELETE /secrets/{name+}`
 * @throws ConjurError `invalid_request`
 */
export function parseHttp(call: HttpCall): WriteRequest {
  if (call.method === 'POST' && call.path === '/secrets') return toManyRequest(call);
  if (call.method === 'POST' && call.path === '/virtual-keys') return parseVirtualKeyRequest(call);
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

/** The fields by themselves, or under `virtual_key` as a direct call has them. */
function parseVirtualKeyRequest(call: HttpCall): WriteRequest {
  const body = parseJsonBody(call.body, '{"key":"sk-…","key_alias":"team-a","token_id":"…"}');
  if ('virtual_key' in fieldsOf(body)) {
    const request = toVirtualKeyRequest(body, 'The body');
    return { ...request, reportVersion: request.reportVersion && wantsVersion(call) };
  }
  const virtualKey = toVirtualKey(parseInput(virtualKeySchema, body, 'The body'));
  return { kind: 'virtual-key', virtualKey, reportVersion: wantsVersion(call) };
}

/** What a browser's form sends, and curl with `-d` or `-F` unless it is told otherwise. */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Somebody who sent JSON, and forgot to say so, would otherwise store the JSON for its value. */
function assertNoForm(mediaType: string | undefined): void {
  if (mediaType === undefined || !FORM_TYPES.includes(mediaType)) return;
  throw new ConjurError(
    'invalid_request',
    `The body has the content type of a form (${mediaType}), which curl sends by default. Send JSON such as {"value":"…"} with content-type: application/json, or the value itself with content-type: text/plain.`,
  );
}

/**
 * The media type of the body. A header that came twice arrives as one whose values are joined by a comma, which stands in no media type but
 * between quotes (RFC 9110, section 5.3); JSON under two of them would be stored as it stands.
 * @throws ConjurError `invalid_request`
 */
function parseMediaType(contentType: string | undefined): string | undefined {
  if (contentType?.replace(/"(?:[^"\\]|\\.)*"/g, '').includes(','))
    throw new ConjurError(
      'invalid_request',
      'The request has more than one content type. Send one, such as content-type: application/json for {"value":"…"}.',
    );
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

/** A JSON body says how the value is encoded; under any other content type but a form's the body is the value. */
function toSecret(name: string, call: HttpCall): SecretToWrite {
  const mediaType = parseMediaType(call.header('content-type'));
  assertNoForm(mediaType);
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

/** The answer as JSON, in the form that HTTP and direct calls share. */
export function toBody(answer: WriteAnswer): Wire<InvokedWrite> | WireBatch<InvokedWrite> | Wire<InvokedDeletion> {
  if (answer.kind === 'one') return toResult(answer.result);
  if (answer.kind === 'delete') return answer.result;
  return {
    secrets: answer.result.items.map(toResult),
    errors: answer.result.errors.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
  };
}

/** @throws ConjurError `payload_too_large` */
export function toReply(_request: WriteRequest, answer: WriteAnswer): HttpReply {
  const created = answer.kind === 'one' && answer.result.created;
  return jsonReply(created ? 201 : 200, toBody(answer));
}

export function toDirect(_request: WriteRequest, answer: WriteAnswer): unknown {
  return toBody(answer);
}

/** What is not known is null, and not guessed. */
function toResult({ name, created, changed, version }: WriteResult): Wire<InvokedWrite> {
  return { name, created, changed: changed ?? null, version: version ?? null };
}

/** write-secret without a container, so that a test can give it one of its own. */
export const writeSecretFunction: FunctionDefinition<WriteRequest, WriteAnswer> = {
  name: 'write-secret',
  parseHttp,
  parseDirect,
  connect: (container) => container,
  handle: write,
  toReply,
  toDirect,
  describe,
};

function describe(request: WriteRequest): Record<string, unknown> {
  if (request.kind === 'one') return { call: 'write', name: request.secret.name };
  if (request.kind === 'many') return { call: 'write-many', count: request.secrets.length };
  if (request.kind === 'virtual-key') return { call: 'store-virtual-key', keyAlias: request.virtualKey.keyAlias };
  return { call: 'delete', name: request.name };
}
