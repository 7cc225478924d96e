import { isUtf8 } from 'node:buffer';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { ConjurError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
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

export interface InvokeOptions {
  /** Stands in the logs of the function, so that a call is found in both logs. At most 128 letters, digits and `_.:=/+-`. */
  readonly correlationId?: string | undefined;
  /** Ends the wait; the function itself goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface InvokedReadOptions extends InvokeOptions {
  /** Past the function's value cache, where it has one. Default false. */
  readonly fresh?: boolean | undefined;
}

export interface InvokedSecret {
  readonly name: string;
  readonly value: Secret;
  /** True where Conjur failed, and the value comes from the function's cache. */
  readonly stale: boolean;
}

export interface InvokedError {
  readonly name: string;
  readonly error: ConjurError;
}

export interface InvokedVariable {
  readonly name: string;
  /** Undefined where the variable has no value yet. */
  readonly version: number | undefined;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
}

export interface InvokedWrite {
  readonly name: string;
  /** True where the variable was made by this call. */
  readonly created: boolean;
  /** False where the value was this one already. Undefined where that is not known. */
  readonly changed: boolean | undefined;
  readonly version: number | undefined;
}

export interface InvokedRotation {
  readonly name: string;
  readonly strategy: string;
  /** A number for a Conjur variable, an id for a secret of Secrets Manager. */
  readonly version: number | string | undefined;
  /** ISO 8601. */
  readonly rotatedAt: string;
  /** Only where `returnValue` asked for it. */
  readonly value: Secret | undefined;
  /** Of `supplied` with a new name: whether the old one was deleted, and if not, why. */
  readonly oldDeleted: boolean | undefined;
  readonly oldKeptBecause: string | undefined;
  /** Of `supplied`: the version of another writer that came after this one's. */
  readonly supersededByVersion: number | undefined;
  /** False where LiteLLM has the new key on record, and yet did not let it in. */
  readonly acceptedByLitellm: boolean | undefined;
  /** Why the event bus did not hear of the rotation, where it should have. */
  readonly eventNotPublishedBecause: string | undefined;
}

export interface InvokedHealth {
  readonly account: string;
  readonly login: string;
  readonly tokenAgeSeconds: number;
}

export interface SecretToStore {
  readonly name: string;
  readonly value: Secret | string | Uint8Array;
  readonly mimeType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A call of rotate-key. docs/rotation.md explains the strategies. */
export type RotationCall = { readonly returnValue?: boolean | undefined } & (
  | {
      readonly strategy: 'random';
      readonly name: string;
      /** Characters: 16 to 4096, default 32. */
      readonly length?: number | undefined;
      readonly alphabet?: string | undefined;
      readonly prefix?: string | undefined;
    }
  | {
      readonly strategy: 'supplied';
      readonly name: string;
      readonly newValue: Secret | string | Uint8Array;
      readonly newName?: string | undefined;
    }
  | {
      readonly strategy: 'litellm-virtual-key';
      readonly name: string;
      /** As LiteLLM writes durations: `24h`. */
      readonly gracePeriod?: string | undefined;
      readonly duration?: string | undefined;
    }
  | { readonly strategy: 'conjur-api-key'; readonly secretId?: string | undefined }
);

/** The functions, called from another Lambda function or any other program. Every failure is a `ConjurError` with its code. */
export interface SecretsClient {
  /** @throws ConjurError `secret_not_found`, `forbidden`, `access_mode_denied`, `not_hosted` */
  readSecret(
    name: string,
    options?: InvokedReadOptions & { readonly version?: number | undefined },
  ): Promise<InvokedSecret>;
  /** One bad name never loses the others. */
  readSecrets(
    names: readonly string[],
    options?: InvokedReadOptions,
  ): Promise<{ readonly secrets: readonly InvokedSecret[]; readonly errors: readonly InvokedError[] }>;
  /** @param options `cursor` is that of the page before */
  listSecrets(
    options?: InvokeOptions & {
      readonly search?: string | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    },
  ): Promise<{ readonly secrets: readonly InvokedVariable[]; readonly cursor: string | undefined }>;
  health(options?: InvokeOptions): Promise<InvokedHealth>;
  /** Makes the variable where it is missing. */
  writeSecret(secret: SecretToStore, options?: InvokeOptions): Promise<InvokedWrite>;
  writeSecrets(
    secrets: readonly SecretToStore[],
    options?: InvokeOptions,
  ): Promise<{ readonly secrets: readonly InvokedWrite[]; readonly errors: readonly InvokedError[] }>;
  storeVirtualKey(
    virtualKey: { readonly key: Secret | string; readonly tokenId: string; readonly keyAlias?: string | undefined },
    options?: InvokeOptions,
  ): Promise<InvokedWrite>;
  /** @throws ConjurError `delete_not_supported` where CYBERARK_ALLOW_DELETE is not true */
  deleteSecret(name: string, options?: InvokeOptions): Promise<void>;
  rotateSecret(call: RotationCall, options?: InvokeOptions): Promise<InvokedRotation>;
}

/** A value in the form of the calls: text where the bytes are UTF-8, base64 where they are not. */
function toEncoded(value: Secret | string | Uint8Array): { text: string; encoding: 'utf-8' | 'base64' } {
  const secret = value instanceof Secret ? value : Secret.of(value);
  const bytes = secret.exposeBytes();
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
