import { deleteInput, parseInput } from '../input-schemas.ts';
import type { KeyRow } from '../key-row.ts';
import { toDetailError } from '../litellm-error.ts';
import { getRow } from './key-fields.ts';
import type { Route } from './route-context.ts';

/** `POST /key/delete`, by `keys` (raw or token ids) or by `key_aliases`; if one is not there, none is deleted. */
export const deleteKeys: Route = ({ store }, rawInput) => {
  const { keys, key_aliases: aliases } = parseInput(deleteInput, rawInput);
  const named = keys ?? aliases;
  if (named == null) throw toDetailError(400, 'Either keys or key_aliases must be passed in.');
  const rows = keys ? keys.map((key) => getRow(store, key)) : (aliases ?? []).map((alias) => getByAlias(alias));
  store.remove(rows);
  store.save();
  return { deleted_keys: named };

  function getByAlias(alias: string): KeyRow {
    const row = store.findByAlias(alias);
    if (row === undefined) throw toDetailError(404, `Key with alias ${alias} not found.`);
    return row;
  }
};
