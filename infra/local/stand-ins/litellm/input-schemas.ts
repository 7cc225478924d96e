import * as v from 'valibot';
import { SETTING_NAMES } from './key-row.ts';
import { LitellmError } from './litellm-error.ts';

const text = v.optional(v.nullable(v.string('Input should be a valid string')));
const texts = v.optional(
  v.nullable(v.array(v.string('Input should be a valid string'), 'Input should be a valid list')),
);

/** The fields that generate, update and regenerate share; the settings are kept as they come. */
const keyFields = {
  key: text,
  key_alias: text,
  duration: text,
  ...v.entriesFromList(SETTING_NAMES, v.optional(v.unknown())),
};

export const generateInput = v.object(keyFields);
export const updateInput = v.object(keyFields);
export const regenerateInput = v.object({ ...keyFields, new_key: text, grace_period: text });
export const deleteInput = v.object({ keys: texts, key_aliases: texts });
export const infoInput = v.object({ key: text });

const queryNumber = (fallback: string, max: number) =>
  v.pipe(
    v.optional(v.string(), fallback),
    v.regex(/^\d{1,9}$/, 'Input should be a valid integer'),
    v.transform(Number),
    v.minValue(1, 'Input should be greater than or equal to 1'),
    v.maxValue(max, `Input should be less than or equal to ${max}`),
  );

export const listInput = v.object({
  page: queryNumber('1', 1_000_000),
  size: queryNumber('10', 100),
  key_alias: text,
  key_hash: text,
  team_id: text,
  user_id: text,
  return_full_object: v.optional(v.string(), 'false'),
});

export type KeyFields = v.InferOutput<typeof generateInput>;

/**
 * Parses a body or a query; fields that LiteLLM does not know are ignored.
 *
 * @throws LitellmError 422, which names the field and never its value.
 */
export function parseInput<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new LitellmError(422, `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`, 'bad_request_error');
}
