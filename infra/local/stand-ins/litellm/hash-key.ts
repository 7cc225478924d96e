import { createHash } from 'node:crypto';

/** The token id of a virtual key: SHA-256 of the key, in hex. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** What a caller names a key by, raw or token id, as a token id. Like LiteLLM, takes all that has `sk` in it for a raw key. */
export function toTokenId(keyOrTokenId: string): string {
  return keyOrTokenId.includes('sk') ? hashKey(keyOrTokenId) : keyOrTokenId;
}
