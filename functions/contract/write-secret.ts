import * as v from 'valibot';
import { MAX_NAME_BYTES } from '../../lib/names.ts';
import type { Secret } from '../../lib/secret.ts';
import {
  MAX_ANNOTATION_NAME_LENGTH,
  MAX_ANNOTATION_VALUE_LENGTH,
  MAX_ANNOTATIONS,
  MAX_MIME_TYPE_LENGTH,
  MIME_TYPE,
} from '../../lib/secrets/variable-policy.ts';
import type { InvokedDeletion, InvokedWrite, Wire, WireBatch } from './answers.ts';
import { encoding, namedError, text, variableName } from './fields.ts';

/** Secrets in one call. */
export const MAX_SECRETS = 500;

const value = {
  value: text,
  encoding: v.optional(encoding),
  mime_type: v.optional(v.pipe(v.string(), v.regex(MIME_TYPE), v.maxLength(MAX_MIME_TYPE_LENGTH))),
  annotations: v.optional(
    v.pipe(
      v.record(
        v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ANNOTATION_NAME_LENGTH)),
        v.pipe(text, v.maxLength(MAX_ANNOTATION_VALUE_LENGTH)),
      ),
      v.maxEntries(MAX_ANNOTATIONS),
    ),
  ),
};

/** The JSON body of `PUT /secrets/{name+}`. */
export const valueSchema = v.strictObject(value);

export const writeOneSchema = v.strictObject({ name: variableName, ...value, version: v.optional(v.boolean()) });

/** Names are checked one by one later: a bad one is an error of its own and does not lose the others. */
const writtenSecret = v.strictObject({ name: v.string(), ...value });

export type WrittenSecret = v.InferInput<typeof writtenSecret>;

export const writeManySchema = v.strictObject({
  secrets: v.pipe(v.array(writtenSecret), v.minLength(1), v.maxLength(MAX_SECRETS)),
  version: v.optional(v.boolean()),
});

/**
 * The JSON body of `POST /virtual-keys`: what LiteLLM knows when it has made a key. It sends null for no alias. Of alias and id one becomes
 * a name, and the alias stands in the log: what is too long for a name goes no further.
 */
export const virtualKeySchema = v.strictObject({
  key: v.pipe(text, v.minLength(1)),
  key_alias: v.nullish(v.pipe(v.string(), v.maxLength(MAX_NAME_BYTES))),
  token_id: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_BYTES)),
});

export const storeVirtualKeySchema = v.strictObject({
  virtual_key: virtualKeySchema,
  version: v.optional(v.boolean()),
});

export const deleteSchema = v.strictObject({ delete: variableName });

/** A secret to be written. */
export interface SecretToWrite {
  readonly name: string;
  readonly value: Secret;
  readonly mimeType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** What LiteLLM knows of a virtual key besides the key itself. */
export interface VirtualKeyIdentity {
  /** Its name at LiteLLM. LiteLLM takes an empty one for none. */
  readonly keyAlias: string | undefined;
  /** Hash of the key, by which LiteLLM's tables know it. */
  readonly tokenId: string;
}

/** A virtual key to be stored. */
export interface VirtualKey extends VirtualKeyIdentity {
  readonly key: Secret;
}

/** What write-secret can be asked for. */
export type WriteRequest =
  | { readonly kind: 'one'; readonly secret: SecretToWrite; readonly reportVersion: boolean }
  | { readonly kind: 'many'; readonly secrets: readonly SecretToWrite[]; readonly reportVersion: boolean }
  | { readonly kind: 'virtual-key'; readonly virtualKey: VirtualKey; readonly reportVersion: boolean }
  | { readonly kind: 'delete'; readonly name: string };

export const writtenAnswer = v.strictObject({
  name: v.string(),
  created: v.boolean(),
  changed: v.pipe(v.nullable(v.boolean()), v.description('False: the value was this one already. Null: not known.')),
  version: v.nullable(v.number()),
}) satisfies v.GenericSchema<Wire<InvokedWrite>>;

export const writtenManyAnswer = v.strictObject({
  secrets: v.array(writtenAnswer),
  errors: v.array(namedError),
}) satisfies v.GenericSchema<WireBatch<InvokedWrite>>;

export const deletedAnswer = v.strictObject({
  name: v.string(),
  deleted: v.pipe(v.boolean(), v.description('False: there was nothing that this identity can see.')),
}) satisfies v.GenericSchema<Wire<InvokedDeletion>>;
