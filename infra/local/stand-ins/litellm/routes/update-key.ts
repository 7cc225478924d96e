import { parseInput, updateInput } from '../input-schemas.ts';
import { toKeyInfo } from '../key-row.ts';
import { LitellmError } from '../litellm-error.ts';
import { applyKeyFields, getRow } from './key-fields.ts';
import type { Route } from './route-context.ts';

/** `POST /key/update`, by `key` (raw or token id); without one, by `key_alias`. */
export const updateKey: Route = (context, rawInput) => {
  const input = parseInput(updateInput, rawInput);
  const row = input.key == null ? context.store.findByAlias(input.key_alias ?? '') : getRow(context.store, input.key);
  if (row === undefined) throw new LitellmError(404, 'Key not found.', 'not_found_error', 'key');
  applyKeyFields(context, row, input);
  context.store.save();
  return { ...toKeyInfo(row), key: input.key ?? row.tokenId };
};
