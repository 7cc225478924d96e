import * as v from 'valibot';
import { MAX_PAGE_SIZE } from '../../lib/resources/variables.ts';
import type { InvokedHealth, InvokedSecret, Wire, WireBatch, WirePage } from './answers.ts';
import { encoding, namedError, text, variableName, versionNumber } from './fields.ts';

/** Names in one call; each costs a share of a batch request. */
export const MAX_NAMES = 1_000;

/** Characters of a search: what fits, url-encoded nine to one, into the 10,240 bytes of query that Conjur's server takes. */
export const MAX_SEARCH_LENGTH = 1_000;

/** Past the value cache (`CYBERARK_SECRET_CACHE_TTL`), where there is one. Default false. */
const fresh = v.optional(v.boolean());

export const readOneSchema = v.strictObject({ name: variableName, version: v.optional(versionNumber), fresh });

/** Names are checked one by one later: a bad one is an error of its own and does not lose the others. */
export const readManySchema = v.strictObject({
  names: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_NAMES)),
  fresh,
});

export const listSchema = v.strictObject({
  list: v.strictObject({
    search: v.optional(v.pipe(text, v.maxLength(MAX_SEARCH_LENGTH))),
    limit: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PAGE_SIZE))),
    cursor: v.optional(v.string()),
  }),
});

export const healthSchema = v.strictObject({ health: v.literal(true) });

/** What read-secret can be asked for. */
export type ReadRequest =
  | {
      readonly kind: 'one';
      readonly name: string;
      readonly version: number | undefined;
      readonly fresh: boolean;
      readonly raw: boolean;
    }
  | { readonly kind: 'many'; readonly names: readonly string[]; readonly fresh: boolean }
  | {
      readonly kind: 'list';
      readonly search: string | undefined;
      readonly limit: number | undefined;
      readonly offset: number;
    }
  | { readonly kind: 'health' };

const encoded = { value: v.string(), encoding };

export const secretAnswer = v.strictObject({
  name: v.string(),
  ...encoded,
  stale: v.optional(v.pipe(v.literal(true), v.description('Conjur failed, and the value comes from the cache.'))),
}) satisfies v.GenericSchema<Wire<InvokedSecret>>;

export const secretsAnswer = v.strictObject({
  secrets: v.array(v.strictObject({ name: v.string(), ...encoded, stale: v.optional(v.literal(true)) })),
  errors: v.array(namedError),
}) satisfies v.GenericSchema<WireBatch<InvokedSecret>>;

export const secretListAnswer = v.strictObject({
  secrets: v.array(
    v.strictObject({ name: v.string(), version: v.nullable(v.number()), created_at: v.nullable(v.string()) }),
  ),
  cursor: v.pipe(v.nullable(v.string()), v.description('Hand it back to get the next page; null on the last one.')),
}) satisfies v.GenericSchema<WirePage>;

export const healthAnswer = v.strictObject({
  ok: v.literal(true),
  account: v.string(),
  login: v.string(),
  token_age_seconds: v.number(),
}) satisfies v.GenericSchema<Wire<InvokedHealth>>;
