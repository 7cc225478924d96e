import { isUtf8 } from 'node:buffer';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createListing } from '../../lib/listing.ts';
import { exposeUncopied, Secret } from '../../lib/secret.ts';
import type { Answer, InvokeOptions, RotationCall, SecretsClient, SecretToStore } from './calls.ts';
import { invokeFunction, unreadableAnswer } from './invoke-function.ts';
import {
  isAnswerError,
  list,
  toHealth,
  toNamedError,
  toRotation,
  toSecret,
  toVariable,
  toWrite,
} from './read-answer.ts';

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
    const answer = await invokeFunction(lambda, functionName, payload, options ?? {});
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
      call('readSecret', { names, fresh: options?.fresh }, options, (answer) => ({
        items: list(answer.secrets).map(toSecret),
        errors: list(answer.errors).map(toNamedError),
      })),
    listVariables: ({ search, limit, cursor, ...options } = {}) =>
      createListing({
        first: cursor,
        read: (position) =>
          call('readSecret', { list: { search, limit, cursor: position } }, options, (answer) => ({
            variables: list(answer.secrets).map(toVariable),
            cursor: typeof answer.cursor === 'string' ? answer.cursor : undefined,
          })),
        itemsOf: ({ variables }) => variables,
        nextOf: (page) => page.cursor,
      }),
    health: (options) => call('readSecret', { health: true }, options, toHealth),
    writeSecret: (name, value, { mimeType, annotations, ...options } = {}) =>
      call('writeSecret', toWritePayload({ name, value, mimeType, annotations }), options, toWrite),
    writeSecrets: (secrets, options) =>
      call('writeSecret', { secrets: secrets.map(toWritePayload) }, options, (answer) => ({
        items: list(answer.secrets).map(toWrite),
        errors: list(answer.errors).map(toNamedError),
      })),
    storeVirtualKey: ({ key, keyAlias, tokenId }, options) => {
      const text = key instanceof Secret ? key.expose() : key;
      const payload = { virtual_key: { key: text, key_alias: keyAlias, token_id: tokenId } };
      return call('writeSecret', payload, options, toWrite);
    },
    deleteSecret: (name, options) => call('writeSecret', { delete: name }, options, () => undefined),
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

export function toWritePayload({ name, value, mimeType, annotations }: SecretToStore): Record<string, unknown> {
  const { text, encoding } = toEncoded(value);
  return { name, value: text, encoding, mime_type: mimeType, annotations };
}

export function toRotationPayload(call: RotationCall): Record<string, unknown> {
  const { strategy } = call;
  switch (strategy) {
    case 'random': {
      const { name, length, alphabet, prefix, returnValue } = call;
      return { strategy, name, length, alphabet, prefix, return_value: returnValue };
    }
    case 'supplied': {
      const { text, encoding } = toEncoded(call.newValue);
      const { name, newName, returnValue } = call;
      return { strategy, name, new_value: text, encoding, new_name: newName, return_value: returnValue };
    }
    case 'litellm-virtual-key': {
      const { name, gracePeriod, duration, returnValue } = call;
      return { strategy, name, grace_period: gracePeriod, duration, return_value: returnValue };
    }
    case 'conjur-api-key':
      return { strategy, secret_id: call.secretId };
  }
}
