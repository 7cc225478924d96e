import { isUtf8 } from 'node:buffer';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createListing } from '../../lib/listing.ts';
import { exposeUncopied, Secret } from '../../lib/secret.ts';
import type { ConjurApiKeyCall, LitellmVirtualKeyCall, RandomCall, SuppliedCall } from '../contract/rotate-key.ts';
import type { WrittenSecret } from '../contract/write-secret.ts';
import type { InvokeOptions, RotationCall, SecretsClient, SecretToStore } from './calls.ts';
import { invokeFunction, unreadableAnswer } from './invoke-function.ts';
import {
  type Answer,
  isAnswerError,
  toBatch,
  toDeletion,
  toHealth,
  toRotation,
  toSecret,
  toVariablePage,
  toWrite,
} from './read-answer.ts';

/** How long a call waits for its answer: a little longer than the function has, by the defaults of the stack. */
const TIMEOUT_MS = { readSecret: 30_000, writeSecret: 30_000, rotateKey: 150_000 } as const;

export interface SecretsClientOptions {
  /** A client of the account and region that the functions are in. */
  readonly lambda: Pick<LambdaClient, 'send'>;
  /** Names or ARNs. A function that is not named cannot be called. */
  readonly functionNames: {
    readonly readSecret?: string | undefined;
    readonly writeSecret?: string | undefined;
    readonly rotateKey?: string | undefined;
  };
}

/**
 * Builds a client that calls the functions by direct invocation. Needs `@aws-sdk/client-lambda`, which the package does not bring along.
 * @throws TypeError where no function is named
 * @example
 * const secrets = createSecretsClient({
 *   lambda: new LambdaClient(),
 *   functionNames: { readSecret: 'conjur-functions-prod-read-secret' },
 * });
 * const { value } = await secrets.readSecret('app/db/password');
 */
export function createSecretsClient({ lambda, functionNames }: SecretsClientOptions): SecretsClient {
  if (Object.values(functionNames).every((name) => name === undefined))
    throw new TypeError(
      'functionNames must name at least one function, such as { readSecret: "conjur-functions-prod-read-secret" }.',
    );

  async function call<T>(
    which: keyof SecretsClientOptions['functionNames'],
    payload: unknown,
    options: InvokeOptions | undefined,
    read: (answer: Answer) => T,
  ): Promise<T> {
    const functionName = functionNames[which];
    if (functionName === undefined) throw new TypeError(`functionNames.${which} is missing: this call needs it.`);
    const limits = { ...options, timeoutMs: options?.timeoutMs ?? TIMEOUT_MS[which] };
    const answer = await invokeFunction(lambda, functionName, payload, limits);
    try {
      return read(answer);
    } catch (error) {
      throw isAnswerError(error) ? unreadableAnswer(functionName) : error;
    }
  }

  return {
    readSecret: (name, options) => {
      const { version, fresh } = options ?? {};
      return call('readSecret', { name, version, fresh }, options, toSecret);
    },
    readSecrets: (names, options) =>
      call('readSecret', { names, fresh: options?.fresh }, options, (answer) => toBatch(answer, toSecret)),
    listVariables: ({ search, limit, cursor, ...options } = {}) =>
      createListing({
        first: cursor,
        read: (position) => call('readSecret', { list: { search, limit, cursor: position } }, options, toVariablePage),
        itemsOf: ({ variables }) => variables,
        nextOf: (page) => page.cursor,
      }),
    health: (options) => call('readSecret', { health: true }, options, toHealth),
    writeSecret: (name, value, { mimeType, annotations, reportVersion, ...options } = {}) => {
      const payload = { ...toWritePayload({ name, value, mimeType, annotations }), version: reportVersion };
      return call('writeSecret', payload, options, toWrite);
    },
    writeSecrets: (secrets, { reportVersion, ...options } = {}) => {
      const payload = { secrets: secrets.map(toWritePayload), version: reportVersion };
      return call('writeSecret', payload, options, (answer) => toBatch(answer, toWrite));
    },
    storeVirtualKey: ({ key, keyAlias, tokenId }, { reportVersion, ...options } = {}) => {
      const text = key instanceof Secret ? key.expose() : key;
      const payload = { virtual_key: { key: text, key_alias: keyAlias, token_id: tokenId }, version: reportVersion };
      return call('writeSecret', payload, options, toWrite);
    },
    deleteSecret: (name, options) => call('writeSecret', { delete: name }, options, toDeletion),
    rotateSecret: (rotation, options) => call('rotateKey', toRotationPayload(rotation), options, toRotation),
  };
}

/** A value in the form of the calls: text where the bytes are UTF-8, base64 where they are not. */
function toEncoded(value: Secret | string | Uint8Array): { text: string; encoding: 'utf-8' | 'base64' } {
  const secret = value instanceof Secret ? value : Secret.of(value);
  const bytes = exposeUncopied(secret);
  return isUtf8(bytes)
    ? { text: secret.expose(), encoding: 'utf-8' }
    : { text: bytes.toString('base64'), encoding: 'base64' };
}

/** Every field that a call has, so that one which is new in the contract does not compile until this client sends it. */
type Every<Call> = { readonly [Field in keyof Required<Call>]: Call[Field] | undefined };

export function toWritePayload({ name, value, mimeType, annotations }: SecretToStore): Record<string, unknown> {
  const { text, encoding } = toEncoded(value);
  return { name, value: text, encoding, mime_type: mimeType, annotations } satisfies Every<WrittenSecret>;
}

export function toRotationPayload(call: RotationCall): Record<string, unknown> {
  const { strategy } = call;
  switch (strategy) {
    case 'random': {
      const { name, length, alphabet, prefix, returnValue: return_value, ifVersion: if_version } = call;
      return { strategy, name, length, alphabet, prefix, return_value, if_version } satisfies Every<RandomCall>;
    }
    case 'supplied': {
      const { text: new_value, encoding } = toEncoded(call.newValue);
      const { name, newName: new_name, returnValue: return_value, ifVersion: if_version } = call;
      const payload = { strategy, name, new_value, encoding, new_name, return_value, if_version };
      return payload satisfies Every<SuppliedCall>;
    }
    case 'litellm-virtual-key': {
      const { name, gracePeriod: grace_period, duration, returnValue: return_value } = call;
      return { strategy, name, grace_period, duration, return_value } satisfies Every<LitellmVirtualKeyCall>;
    }
    case 'conjur-api-key':
      // `name` is another word for it.
      return { strategy, secret_id: call.secretId } satisfies Omit<Every<ConjurApiKeyCall>, 'name'>;
  }
}
