import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { Secret } from '../../lib/secret.ts';
import type { VirtualKey, virtualKeySchema } from './request.ts';

/**
 * Alias and token id become the secret's name, which stands in logs and answers. A caller that mixed the fields up would publish the
 * key there.
 * @throws ConjurError `invalid_request`
 */
export function toVirtualKey(input: v.InferOutput<typeof virtualKeySchema>): VirtualKey {
  const { key, key_alias: keyAlias, token_id: tokenId } = input;
  if (tokenId.includes(key) || keyAlias?.includes(key))
    throw new ConjurError(
      'invalid_request',
      'The key itself stands in "key_alias" or "token_id", which become the name of the secret. Give the hash of the key as "token_id", as LiteLLM does.',
    );
  return { key: Secret.of(key), keyAlias: keyAlias ?? undefined, tokenId };
}
