import type { LambdaClient } from '@aws-sdk/client-lambda';
import { Secret } from '../secret.ts';
import { type Answer, invokeFunction, unreadableAnswer } from './invoke-function.ts';
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
import type { InvokeOptions, SecretsClient } from './secrets-client.ts';
import { toRotationPayload, toWritePayload } from './to-payload.ts';

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
        secrets: list(answer.secrets).map(toSecret),
        errors: list(answer.errors).map(toNamedError),
      })),
    listSecrets: ({ search, limit, cursor, ...options } = {}) =>
      call('readSecret', { list: { search, limit, cursor } }, options, (answer) => ({
        secrets: list(answer.secrets).map(toVariable),
        cursor: typeof answer.cursor === 'string' ? answer.cursor : undefined,
      })),
    health: (options) => call('readSecret', { health: true }, options, toHealth),
    writeSecret: (secret, options) => call('writeSecret', toWritePayload(secret), options, toWrite),
    writeSecrets: (secrets, options) =>
      call('writeSecret', { secrets: secrets.map(toWritePayload) }, options, (answer) => ({
        secrets: list(answer.secrets).map(toWrite),
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
