import { hashKey } from '../hash-key.ts';
import { generateInput, parseInput } from '../input-schemas.ts';
import { type KeyRow, toKeyName, toNewKeyAnswer } from '../key-row.ts';
import { LitellmError } from '../litellm-error.ts';
import { applyKeyFields, checkCustomKeyAllowed, checkKeyFree } from './key-fields.ts';
import type { Route } from './route-context.ts';

/** `POST /key/generate` */
export const generateKey: Route = (context, rawInput) => {
  const input = parseInput(generateInput, rawInput);
  checkCustomKeyAllowed(context, input.key);
  const key = input.key ?? makeKey(context.random);
  if (!key.startsWith('sk-')) {
    const message = "Invalid key format. LiteLLM Virtual Key must start with 'sk-'.";
    throw new LitellmError(400, message, 'bad_request_error', 'key');
  }
  checkKeyFree(context.store, key);
  const createdAtMs = context.now();
  const row: KeyRow = {
    tokenId: hashKey(key),
    keyName: toKeyName(key),
    settings: {},
    createdAtMs,
    updatedAtMs: createdAtMs,
  };
  applyKeyFields(context, row, input);
  context.store.insert(row);
  context.store.save();
  return toNewKeyAnswer(row, key);
};

export function makeKey(random: (size: number) => Uint8Array): string {
  return `sk-${Buffer.from(random(16)).toString('base64url')}`;
}
