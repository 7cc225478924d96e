import type { Batch } from '../../lib/errors.ts';
import type { Listing } from '../../lib/listing.ts';
import type { Secret } from '../../lib/secret.ts';
import type {
  InvokedHealth,
  InvokedRotation,
  InvokedSecret,
  InvokedVariable,
  InvokedVariablePage,
  InvokedWrite,
} from '../contract/answers.ts';
import type { FunctionErrorCode } from '../contract/error-codes.ts';

/** What every call takes: the same two limits as a call of the Conjur client, and an id for the logs. */
export interface InvokeOptions {
  /** Stands in the logs of the function, so that a call is found in both logs. At most 128 letters, digits and `_.:=/+-`. */
  readonly correlationId?: string | undefined;
  /** Ends the wait, which then rejects with `deadline_exceeded` and the signal's reason as its cause; the function itself goes on. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait for the answer, AWS's retries included. Default 30,000, for `rotateSecret` 150,000: a little more than the
   * functions themselves have by default. 1 to 900,000.
   */
  readonly timeoutMs?: number | undefined;
}

export interface InvokedReadOptions extends InvokeOptions {
  /** Past the function's value cache, where it has one. Default false. */
  readonly fresh?: boolean | undefined;
}

export interface InvokedWritesOptions extends InvokeOptions {
  /** Ask for the version after each write, at the cost of one request. Default true. */
  readonly reportVersion?: boolean | undefined;
}

export interface InvokedWriteOptions extends InvokedWritesOptions {
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
      /** Rotates only where this is still the version, so that a call that is repeated rotates once. */
      readonly ifVersion?: number | undefined;
    }
  | {
      readonly strategy: 'supplied';
      readonly name: string;
      readonly newValue: Secret | string | Uint8Array;
      readonly newName?: string | undefined;
      readonly ifVersion?: number | undefined;
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

/**
 * The functions, called from another Lambda function or any other program. Every failure of a call is a `ConjurError` with its code;
 * an argument that can never be right is a `TypeError`.
 */
export interface SecretsClient {
  /**
   * Reads the latest value of a secret, or an older version.
   * @throws ConjurError `secret_not_found`, `forbidden`, `access_mode_denied`, `not_hosted`
   * @example
   * const { value } = await secrets.readSecret('app/db/password', { timeoutMs: 2_000 });
   */
  readSecret(
    name: string,
    options?: InvokedReadOptions & { readonly version?: number | undefined },
  ): Promise<InvokedSecret>;
  /**
   * Reads many at once; one bad name never loses the others.
   * @example
   * const { items, errors } = await secrets.readSecrets(['app/db/user', 'app/db/password']);
   */
  readSecrets(names: readonly string[], options?: InvokedReadOptions): Promise<Batch<InvokedSecret, FunctionErrorCode>>;
  /**
   * The variables that the function's identity may see: awaited, a page of them; by `for await`, all of them.
   * @example
   * for await (const { name } of secrets.listVariables({ search: 'password' })) console.log(name);
   */
  listVariables(options?: InvokedListOptions): Listing<InvokedVariable, InvokedVariablePage>;
  /**
   * Whether the function reaches Conjur, and as whom it is logged in.
   * @example
   * const { login, tokenAgeSeconds } = await secrets.health();
   */
  health(options?: InvokeOptions): Promise<InvokedHealth>;
  /**
   * Writes a value; creates the variable if it does not exist.
   * @throws ConjurError `forbidden`, `access_mode_denied`, `not_hosted`, `policy_conflict`, `unprocessable`
   * @example
   * const { created, version } = await secrets.writeSecret('app/token', 'value', { mimeType: 'text/plain' });
   */
  writeSecret(name: string, value: Secret | string | Uint8Array, options?: InvokedWriteOptions): Promise<InvokedWrite>;
  /**
   * Writes many at once, the missing variables created in one policy load; one that fails never loses the others.
   * @example
   * const { items, errors } = await secrets.writeSecrets([{ name: 'app/a', value: '1' }, { name: 'app/b', value: '2' }]);
   */
  writeSecrets(
    secrets: readonly SecretToStore[],
    options?: InvokedWritesOptions,
  ): Promise<Batch<InvokedWrite, FunctionErrorCode>>;
  /**
   * Stores a virtual key of LiteLLM's; the function makes its name, of the prefix and the alias or the token's id.
   * @throws ConjurError `access_mode_denied` where CYBERARK_STORE_VIRTUAL_KEYS is not true
   * @example
   * const { name } = await secrets.storeVirtualKey({ key: 'sk-1', keyAlias: 'team-a', tokenId: '88dc28' });
   */
  storeVirtualKey(
    virtualKey: { readonly key: Secret | string; readonly tokenId: string; readonly keyAlias?: string | undefined },
    options?: InvokedWritesOptions,
  ): Promise<InvokedWrite>;
  /**
   * Deletes a secret with all its versions.
   * @throws ConjurError `delete_not_supported` where CYBERARK_ALLOW_DELETE is not true
   * @example
   * await secrets.deleteSecret('app/token');
   */
  deleteSecret(name: string, options?: InvokeOptions): Promise<void>;
  /**
   * Gives a secret a new value, by one of the strategies of docs/rotation.md.
   * @example
   * const { version } = await secrets.rotateSecret({ strategy: 'random', name: 'app/db/password', length: 40 });
   */
  rotateSecret(call: RotationCall, options?: InvokeOptions): Promise<InvokedRotation>;
}
