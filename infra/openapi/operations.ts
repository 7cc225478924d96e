import type * as v from 'valibot';
import type { FunctionErrorCode } from '../../functions/contract/error-codes.ts';
import { listSchema, readManySchema, readOneSchema } from '../../functions/contract/read-secret.ts';
import {
  storeVirtualKeySchema,
  valueSchema,
  virtualKeySchema,
  writeManySchema,
} from '../../functions/contract/write-secret.ts';
import { STRATEGIES } from '../../functions/rotate-key/strategies/registry.ts';
import type { answers } from './answer-schemas.ts';
import { type JsonSchema, toFields, toSchema } from './to-schema.ts';

/** A call of the HTTP API. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'read-secret' | 'write-secret' | 'rotate-key';
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly json: JsonSchema; readonly examples: Examples; readonly bytes?: boolean };
  /** By status. */
  readonly answers: Readonly<Record<number, keyof typeof answers>>;
  /** The answer may also be had as bytes. */
  readonly bytesAnswer?: boolean;
  /** Beside those that every call can meet. */
  readonly codes: readonly FunctionErrorCode[];
}

/** Bodies by name; the first is what the API page begins with. */
export type Examples = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly description?: string;
  readonly example?: unknown;
}

const NAME: Parameter = {
  name: 'name',
  in: 'path',
  required: true,
  schema: toFields(readOneSchema).properties.name ?? {},
  description: 'The id of the Conjur variable. Its slashes may be sent as they are, or encoded as %2F.',
  example: 'litellm/first-key',
};

const LISTING = toFields(listSchema.entries.list).properties;
const ACCESS: readonly FunctionErrorCode[] = ['access_mode_denied', 'not_hosted'];
const WRITING: readonly FunctionErrorCode[] = [...ACCESS, 'policy_conflict', 'payload_too_large', 'unprocessable'];

const VERSION_WANTED: Parameter = {
  name: 'version',
  in: 'query',
  required: false,
  schema: { type: 'boolean', default: true },
  description: '`false` leaves the version out of the answer, and saves a request to Conjur. Default `true`.',
};

const FRESH = toQueryParameter(
  readOneSchema,
  'fresh',
  '`true` bypasses the value cache that CYBERARK_SECRET_CACHE_TTL switches on. Default `false`.',
);

const WRITE_EXAMPLES: Examples = {
  text: { value: 'sk-my-first-key' },
  bytes: { value: '/wA=', encoding: 'base64', mime_type: 'application/octet-stream' },
};

const VIRTUAL_KEY_EXAMPLE = { key: 'sk-my-virtual-key', key_alias: 'team-a', token_id: 'a1b2c3' };

/** One for each strategy; under `npm start` all of them work as they stand. */
const ROTATION_EXAMPLES: Examples = {
  random: { name: 'litellm/first-key', strategy: 'random' },
  supplied: { name: 'litellm/first-key', strategy: 'supplied', new_value: 'sk-brought-along' },
  'litellm-virtual-key': { name: 'litellm/demo-key', strategy: 'litellm-virtual-key', grace_period: '1h' },
  'conjur-api-key': { secret_id: 'conjur-functions/credential', strategy: 'conjur-api-key' },
};

/** Every call of the HTTP API, by the schemas that check its requests. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/secrets/{name}',
    id: 'readSecret',
    summary: 'Read a secret',
    description: 'With `Accept: application/octet-stream` the answer is the value itself, as bytes.',
    tag: 'read-secret',
    parameters: [NAME, toQueryParameter(readOneSchema, 'version', 'Default: the latest. Conjur keeps 20.'), FRESH],
    answers: { 200: 'Secret' },
    bytesAnswer: true,
    codes: [...ACCESS, 'secret_not_found', 'payload_too_large'],
  },
  {
    method: 'get',
    path: '/secrets',
    id: 'readSecrets',
    summary: 'Read many secrets, or list them',
    description:
      'With one or more `name`: their values, each with its own outcome (`Secrets`). Without: the variables that this identity can see, without values (`SecretList`).',
    tag: 'read-secret',
    parameters: [
      {
        name: 'name',
        in: 'query',
        required: false,
        schema: toFields(readManySchema).properties.names ?? {},
        description: 'May be given many times.',
      },
      FRESH,
      ...Object.entries(LISTING).map(([name, schema]) => ({ name, in: 'query', required: false, schema }) as const),
    ],
    answers: { 200: 'Secrets' },
    codes: [...ACCESS, 'payload_too_large'],
  },
  {
    method: 'get',
    path: '/health',
    id: 'health',
    summary: 'Log in to Conjur, and tell the login and the age of its token',
    tag: 'read-secret',
    answers: { 200: 'Health' },
    codes: [],
  },
  {
    method: 'put',
    path: '/secrets/{name}',
    id: 'writeSecret',
    summary: 'Write a secret; create the variable if it does not exist',
    description:
      'With `application/json` the body is as below; with any other content type it is the value itself. The content type of a form, which curl sends by default, is refused.',
    tag: 'write-secret',
    parameters: [NAME, VERSION_WANTED],
    body: { json: toSchema(valueSchema), examples: WRITE_EXAMPLES, bytes: true },
    answers: { 200: 'Written', 201: 'Written' },
    codes: WRITING,
  },
  {
    method: 'post',
    path: '/secrets',
    id: 'writeSecrets',
    summary: 'Write many secrets',
    tag: 'write-secret',
    parameters: [VERSION_WANTED],
    body: {
      json: toSchema(writeManySchema),
      examples: { 'one of many': { secrets: [{ name: 'litellm/first-key', value: 'sk-my-first-key' }] } },
    },
    answers: { 200: 'WrittenMany' },
    codes: WRITING,
  },
  {
    method: 'post',
    path: '/virtual-keys',
    id: 'storeVirtualKey',
    summary: 'Store a virtual key that LiteLLM made',
    description: 'Answers 403 if `store_virtual_keys` is off.',
    tag: 'write-secret',
    parameters: [VERSION_WANTED],
    body: {
      json: { oneOf: [toSchema(virtualKeySchema), toSchema(storeVirtualKeySchema)] },
      examples: {
        'with an alias': VIRTUAL_KEY_EXAMPLE,
        'as a direct call': { virtual_key: VIRTUAL_KEY_EXAMPLE },
      },
    },
    answers: { 200: 'Written', 201: 'Written' },
    codes: WRITING,
  },
  {
    method: 'delete',
    path: '/secrets/{name}',
    id: 'deleteSecret',
    summary: 'Delete a secret, if that is allowed',
    description: 'Secrets are removed by policy updates; with `CYBERARK_ALLOW_DELETE=true` that policy update is made.',
    tag: 'write-secret',
    parameters: [NAME],
    answers: { 200: 'Deleted' },
    codes: [...WRITING, 'secret_not_found', 'delete_not_supported'],
  },
  {
    method: 'post',
    path: '/rotations',
    id: 'rotateSecret',
    summary: 'Rotate a secret',
    tag: 'rotate-key',
    body: {
      json: { oneOf: [...STRATEGIES.values()].map(({ schema }) => toSchema(schema)) },
      examples: ROTATION_EXAMPLES,
    },
    answers: { 200: 'Rotated' },
    codes: [...WRITING, 'secret_not_found'],
  },
];

function toQueryParameter(schema: v.GenericSchema, name: string, description: string): Parameter {
  return { name, in: 'query', required: false, schema: toFields(schema).properties[name] ?? {}, description };
}
