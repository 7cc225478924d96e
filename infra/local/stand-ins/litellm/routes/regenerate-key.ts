import { hashKey } from '../hash-key.ts';
import { parseInput, regenerateInput } from '../input-schemas.ts';
import { type KeyRow, toKeyName, toNewKeyAnswer } from '../key-row.ts';
import { LitellmError, toDetailError } from '../litellm-error.ts';
import { toGraceEnd } from '../parse-duration.ts';
import { makeKey } from './generate-key.ts';
import { applyKeyFields, checkCustomKeyAllowed, checkKeyFree, getRow } from './key-fields.ts';
import type { Route, RouteContext } from './route-context.ts';

/** `POST /key/regenerate` and `POST /key/{key}/regenerate`; a key in the body goes before the one in the path. */
export const regenerateKey: Route = (context, rawInput, caller) => {
  checkLicence(context.licensed);
  const input = parseInput(regenerateInput, rawInput);
  if (input.key == null || input.key === '') throw toDetailError(400, 'No key passed in.');
  if (input.key === context.masterKey) throw toDetailError(400, 'New master key is required.');
  const row = getRow(context.store, input.key);
  if (caller.kind !== 'admin' && caller.row !== row) {
    throw toDetailError(403, 'You are not authorized to regenerate this key');
  }
  checkCustomKeyAllowed(context, input.new_key);
  const newKey = input.new_key ?? makeKey(context.random);
  checkNewKey(context, newKey, row);
  applyKeyFields(context, row, input);
  replaceKey(context, row, newKey, input.grace_period ?? undefined);
  context.store.save();
  return toNewKeyAnswer(row, newKey);
};

/** The row is changed in place. The old key then works as long as its grace period lasts, or not at all. */
function replaceKey({ store, now }: RouteContext, row: KeyRow, newKey: string, gracePeriod: string | undefined): void {
  const oldTokenId = row.tokenId;
  const graceEnd = toGraceEnd(gracePeriod, now());
  row.tokenId = hashKey(newKey);
  row.keyName = toKeyName(newKey);
  if (graceEnd !== undefined) store.deprecate(oldTokenId, row.tokenId, graceEnd);
}

function checkNewKey({ store }: RouteContext, newKey: string, row: KeyRow): void {
  if (!newKey.startsWith('sk-')) {
    throw toDetailError(
      400,
      "New key must start with 'sk-'. This is to distinguish a key hash (used by litellm for logging / internal logic) " +
        'from the actual key.',
    );
  }
  checkKeyFree(store, newKey, row);
}

function checkLicence(licensed: boolean | 403 | 500): void {
  if (licensed === true) return;
  throw new LitellmError(
    licensed === 403 ? 403 : 500,
    'Internal Server Error, Regenerating Virtual Keys is an Enterprise feature, You must be a LiteLLM Enterprise user to use ' +
      'this feature. If you have a license please set `LITELLM_LICENSE` in your env.',
  );
}
