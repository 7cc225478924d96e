import type { Batch } from '../../lib/errors.ts';
import type { Listing } from '../../lib/listing.ts';
import type { Secret } from '../../lib/secret.ts';
import type { FunctionErrorCode } from '../contract/error-codes.ts';

/** The fields of an answer as they came, unchecked. */
export type Answer = Readonly<Record<string, unknown>>;

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

export interface InvokedWriteOptions extends InvokeOptions {
  readonly mimeType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface InvokedListOptions extends InvokeOptions {
  /** Text that id or annotations hold, as Conjur's search takes it. */
  readonly search?: string | undefined;
  /** Variables per page: 1 to 1000, default 100. */
  readonly limit?: number | undefined;
  /** That of the page before. */
  readonly cursor?: string | undefined;
}

export interface InvokedVariablePage {
  readonly variables: readonly InvokedVariable[];
  /** For the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface InvokedSecret {
  readonly name: string;
  readonly value: Secret;
  /** True where Conjur failed, and the value comes from the function's cache. */
  readonly stale: boolean;
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
  readSecrets(names: readonly string[], options?: InvokedReadOptions): Promise<Batch<InvokedSecret, FunctionErrorCode>>;
  /** A page of the variables that the function's identity may see; or all of them, by `for await`. */
  listVariables(options?: InvokedListOptions): Listing<InvokedVariable, InvokedVariablePage>;
  health(options?: InvokeOptions): Promise<InvokedHealth>;
  /** Makes the variable where it is missing. */
  writeSecret(name: string, value: Secret | string | Uint8Array, options?: InvokedWriteOptions): Promise<InvokedWrite>;
  /** All missing variables are created in one policy load; one that fails never loses the others. */
  writeSecrets(
    secrets: readonly SecretToStore[],
    options?: InvokeOptions,
  ): Promise<Batch<InvokedWrite, FunctionErrorCode>>;
  storeVirtualKey(
    virtualKey: { readonly key: Secret | string; readonly tokenId: string; readonly keyAlias?: string | undefined },
    options?: InvokeOptions,
  ): Promise<InvokedWrite>;
  /** @throws ConjurError `delete_not_supported` where CYBERARK_ALLOW_DELETE is not true */
  deleteSecret(name: string, options?: InvokeOptions): Promise<void>;
  rotateSecret(call: RotationCall, options?: InvokeOptions): Promise<InvokedRotation>;
}
