import { toTokenId } from '../hash-key.ts';
import { infoInput, parseInput } from '../input-schemas.ts';
import { toKeyInfo } from '../key-row.ts';
import { LitellmError } from '../litellm-error.ts';
import type { Route } from './route-context.ts';

/** `GET /key/info?key=` (raw or token id); without `key` it describes the caller's own key. */
export const getKeyInfo: Route = ({ store }, rawInput, caller) => {
  const asked = parseInput(infoInput, rawInput).key;
  const own = caller.kind === 'virtual-key' ? caller.row : undefined;
  const row = asked == null ? own : store.find(toTokenId(asked));
  if (row === undefined) throw new LitellmError(404, 'Key not found in database', 'not_found_error', 'key');
  if (caller.kind === 'virtual-key' && row !== own) {
    throw new LitellmError(403, "You are not allowed to access this key's info.", 'auth_error', 'key');
  }
  return { key: asked ?? row.tokenId, info: toKeyInfo(row) };
};
