import type { Secret } from '../../lib/secret.ts';
import type { FunctionErrorCode } from './error-codes.ts';

// What the functions answer, written down once: as a program reads it here, and as JSON by `Wire`. The functions give that, the schemas
// of the OpenAPI document are checked against it, and the typed client reads it.

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

export interface InvokedVariablePage {
  readonly variables: readonly InvokedVariable[];
  /** For the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface InvokedHealth {
  readonly ok: true;
  readonly account: string;
  readonly login: string;
  /** Seconds since the session token was got. */
  readonly tokenAgeSeconds: number;
}

export interface InvokedWrite {
  readonly name: string;
  /** True where the variable was made by this call. */
  readonly created: boolean;
  /** False where the value was this one already. Undefined where that is not known. */
  readonly changed: boolean | undefined;
  /** Undefined where it was not asked for, or may not be seen. */
  readonly version: number | undefined;
}

export interface InvokedDeletion {
  readonly name: string;
  /** False where there was nothing that the function's identity can see. */
  readonly deleted: boolean;
}

/** What happens seldom in a rotation, and is then told. */
export interface InvokedRotationDetails {
  /** Of `supplied` with a new name: the name that the secret had. */
  readonly oldName?: string | undefined;
  /** Whether the old one was deleted, and if not, why. */
  readonly oldDeleted?: boolean | undefined;
  readonly oldKeptBecause?: string | undefined;
  /** Of `supplied`: the version of another writer that came after this one's. */
  readonly supersededByVersion?: number | undefined;
  /** False where LiteLLM has the new key on record, and yet did not let it in. */
  readonly acceptedByLitellm?: false | undefined;
  /** Why the event bus did not hear of the rotation, where it should have. */
  readonly eventNotPublishedBecause?: string | undefined;
}

export interface InvokedRotation extends InvokedRotationDetails {
  readonly name: string;
  readonly strategy: string;
  /** A number for a Conjur variable, an id for a secret of Secrets Manager; undefined where it may not be seen. */
  readonly version: number | string | undefined;
  /** ISO 8601. */
  readonly rotatedAt: string;
  /** Only where `returnValue` asked for it. */
  readonly value?: Secret | undefined;
}

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : '';

/** Bytes that are UTF-8 as text, all others as base64. */
export interface EncodedValue {
  readonly value: string;
  readonly encoding: 'utf-8' | 'base64';
}

/** The parts that are not merely spelt in another way. */
type Special<Answer> = (Answer extends { readonly value: Secret }
  ? EncodedValue
  : Answer extends { readonly value?: Secret | undefined }
    ? Partial<Undefinable<EncodedValue>>
    : unknown) &
  // It stands there only where it is true.
  (Answer extends { readonly stale: boolean } ? { readonly stale?: true | undefined } : unknown);

type Undefinable<T> = { [Key in keyof T]: T[Key] | undefined };

/** An answer as JSON: names in snake case; null for what is not known, while what seldom happens is left out. */
export type Wire<Answer> = Flat<
  {
    readonly [Key in keyof Answer as Key extends 'value' | 'stale'
      ? never
      : SnakeCase<Key & string>]: object extends Pick<Answer, Key> ? Answer[Key] : OrNull<Answer[Key]>;
  } & Special<Answer>
>;

type OrNull<T> = undefined extends T ? Exclude<T, undefined> | null : T;
type Flat<T> = { [Key in keyof T]: T[Key] };

/** What became of one name in a call of many. */
export interface WireError {
  readonly name: string;
  readonly code: FunctionErrorCode;
  readonly message: string;
}

/** The answer of a call of many. */
export interface WireBatch<Item> {
  readonly secrets: readonly Wire<Item>[];
  readonly errors: readonly WireError[];
}

/** A page of a listing. */
export interface WirePage {
  readonly secrets: readonly Wire<InvokedVariable>[];
  readonly cursor: string | null;
}
