import * as v from 'valibot';
import type { InvokedRotation, Wire } from './answers.ts';
import { encoding, secretId, text, variableName, versionNumber } from './fields.ts';

/** Fields that every rotation of a Conjur variable takes. */
const commonFields = {
  name: variableName,
  /** Default false: the new value stays out of the answer. */
  return_value: v.optional(v.boolean()),
};

/** Rotate only where this is still the version in Conjur, so that a call that is repeated rotates once. Default: whatever it is. */
const ifVersion = v.optional(versionNumber);

export const randomCall = v.strictObject({
  ...commonFields,
  strategy: v.literal('random'),
  if_version: ifVersion,
  /** Characters drawn, the prefix not counted. Default 32. */
  length: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(16), v.maxValue(4_096))),
  /** Default: letters and digits. */
  alphabet: v.optional(v.pipe(text, v.check(isAlphabet, '10 or more distinct characters'))),
  /** Stands before the drawn characters. */
  prefix: v.optional(v.pipe(text, v.maxLength(256))),
});

function isAlphabet(text: string): boolean {
  const characters = [...text];
  return characters.length >= 10 && new Set(characters).size === characters.length;
}

export const suppliedCall = v.strictObject({
  ...commonFields,
  strategy: v.literal('supplied'),
  if_version: ifVersion,
  new_value: v.pipe(text, v.minLength(1)),
  /** Of `new_value`. Default `utf-8`. */
  encoding: v.optional(encoding),
  /** Another name for the secret from now on. */
  new_name: v.optional(variableName),
});

const duration = v.pipe(
  v.string(),
  v.check(isLitellmDuration, 'a duration such as 24h: a number and s, m, h, d, w or mo'),
  v.title('duration'),
);

export const litellmVirtualKeyCall = v.strictObject({
  ...commonFields,
  strategy: v.literal('litellm-virtual-key'),
  /**
   * How long the old key still works, for those who hold it: a number and `s`, `m`, `h`, `d`, `w` or `mo`. Default `24h`; `0s` revokes
   * it at once.
   */
  grace_period: v.optional(duration),
  /** A new life of the key from now on. Default: it expires when it did before. */
  duration: v.optional(duration),
});

/**
 * A duration as LiteLLM reads it: a number and one of `s`, `m`, `h`, `d`, `w`, `mo`. What LiteLLM cannot read it silently takes for
 * "revoke the old key at once", so it is checked before it is sent.
 * https://docs.litellm.ai/docs/proxy/virtual_keys
 */
export function isLitellmDuration(text: string): boolean {
  return /^(?:0|[1-9]\d{0,5})(?:s|m|h|d|w|mo)$/.test(text);
}

/** `0s`, `0h` and the like: no time at all. */
export function isNoTime(duration: string): boolean {
  return /^0\D/.test(duration);
}

export const conjurApiKeyCall = v.strictObject({
  strategy: v.literal('conjur-api-key'),
  /** Name or ARN of the credential in Secrets Manager. Default: `CYBERARK_API_KEY_SECRET_ID`, the function's own. */
  secret_id: v.optional(secretId),
  /** The same as `secret_id`, for those who name all that they rotate by `name`. */
  name: v.optional(secretId),
});

export type RandomCall = v.InferInput<typeof randomCall>;
export type SuppliedCall = v.InferInput<typeof suppliedCall>;
export type LitellmVirtualKeyCall = v.InferInput<typeof litellmVirtualKeyCall>;
export type ConjurApiKeyCall = v.InferInput<typeof conjurApiKeyCall>;

/** A daily schedule asks how old the credential is, so that a rotation that does not happen is seen too. */
export const keyAgeCall = v.strictObject({
  key_age: v.strictObject({
    /** Name or ARN of the credential in Secrets Manager. Default: `CYBERARK_API_KEY_SECRET_ID`, the function's own. */
    secret_id: v.optional(secretId),
  }),
});

export const rotatedAnswer = v.strictObject({
  name: v.string(),
  strategy: v.string(),
  version: v.pipe(
    v.nullable(v.union([v.number(), v.string()])),
    v.description(
      'A number for a Conjur variable, an id for a secret of Secrets Manager, null where it may not be seen.',
    ),
  ),
  rotated_at: v.pipe(v.string(), v.isoTimestamp()),
  value: v.optional(v.pipe(v.string(), v.description('Only where `return_value` asked for it.'))),
  encoding: v.optional(encoding),
  old_name: v.optional(v.pipe(v.string(), v.description('With `new_name`: the name that the secret had.'))),
  old_deleted: v.optional(v.boolean()),
  old_kept_because: v.optional(v.string()),
  superseded_by_version: v.optional(
    v.pipe(v.number(), v.description('With `supplied`: somebody else has written this version since.')),
  ),
  accepted_by_litellm: v.optional(
    v.pipe(v.literal(false), v.description('LiteLLM has the new key and does not let it in, as a blocked one.')),
  ),
  event_not_published_because: v.optional(v.string()),
}) satisfies v.GenericSchema<Wire<InvokedRotation>>;
