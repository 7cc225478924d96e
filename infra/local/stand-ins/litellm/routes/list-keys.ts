import { listInput, parseInput } from '../input-schemas.ts';
import { type KeyRow, toKeyInfo } from '../key-row.ts';
import type { Route } from './route-context.ts';

/** `GET /key/list`: token ids, newest first; whole rows with `return_full_object=true`. */
export const listKeys: Route = ({ store }, rawInput) => {
  const input = parseInput(listInput, rawInput);
  const isWanted = (row: KeyRow) =>
    isNoneOr(input.key_alias, row.keyAlias) &&
    isNoneOr(input.key_hash, row.tokenId) &&
    isNoneOr(input.team_id, row.settings.team_id) &&
    isNoneOr(input.user_id, row.settings.user_id);
  const found = store.list().filter(isWanted);
  const page = found.slice((input.page - 1) * input.size, input.page * input.size);
  return {
    keys: page.map((row) =>
      input.return_full_object === 'true' ? { ...toKeyInfo(row), token: row.tokenId } : row.tokenId,
    ),
    total_count: found.length,
    current_page: input.page,
    total_pages: Math.ceil(found.length / input.size),
  };
};

function isNoneOr(wanted: string | null | undefined, value: unknown): boolean {
  return wanted == null || wanted === value;
}
