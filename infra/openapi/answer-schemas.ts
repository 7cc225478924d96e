import * as v from 'valibot';
import { ERROR_STATUS, type ErrorCode } from '../../lib/errors.ts';

// What the functions answer. Requests have their schemas where they are parsed; answers are built by plain functions (`to-answer.ts`), and
// a test holds those to these schemas.

const encoded = { value: v.string(), encoding: v.picklist(['utf-8', 'base64']) };

const codes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

const namedError = v.strictObject({ name: v.string(), code: v.picklist(codes), message: v.string() });

const written = v.strictObject({
  name: v.string(),
  created: v.boolean(),
  changed: v.pipe(v.nullable(v.boolean()), v.description('False: the value was this one already. Null: not known.')),
  version: v.nullable(v.number()),
});

export const answers = {
  Secret: v.strictObject({
    name: v.string(),
    ...encoded,
    stale: v.optional(v.pipe(v.literal(true), v.description('Conjur failed, and the value comes from the cache.'))),
  }),
  Secrets: v.strictObject({
    secrets: v.array(v.strictObject({ name: v.string(), ...encoded, stale: v.optional(v.literal(true)) })),
    errors: v.array(namedError),
  }),
  SecretList: v.strictObject({
    secrets: v.array(
      v.strictObject({ name: v.string(), version: v.nullable(v.number()), created_at: v.nullable(v.string()) }),
    ),
    cursor: v.pipe(v.nullable(v.string()), v.description('Hand it back to get the next page; null on the last one.')),
  }),
  Health: v.strictObject({
    ok: v.literal(true),
    account: v.string(),
    login: v.string(),
    token_age_seconds: v.number(),
  }),
  Written: written,
  WrittenMany: v.strictObject({ secrets: v.array(written), errors: v.array(namedError) }),
  Deleted: v.strictObject({
    name: v.string(),
    deleted: v.pipe(v.boolean(), v.description('False: there was nothing that this identity can see.')),
  }),
  Rotated: v.strictObject({
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
    encoding: v.optional(encoded.encoding),
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
  }),
  Problem: v.strictObject({
    type: v.literal('about:blank'),
    title: v.string(),
    status: v.number(),
    detail: v.pipe(v.string(), v.description('Says what to do next.')),
    code: v.picklist(codes),
  }),
};
