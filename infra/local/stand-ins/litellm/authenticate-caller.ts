import { hashKey } from './hash-key.ts';
import type { KeyRow } from './key-row.ts';
import type { KeyStore } from './key-store.ts';
import { LitellmError } from './litellm-error.ts';

/** Who sent a request: the holder of the master key, or of a virtual key. */
export type Caller = { readonly kind: 'admin' } | { readonly kind: 'virtual-key'; readonly row: KeyRow };

export interface CallerPorts {
  readonly store: KeyStore;
  readonly masterKey: string;
  readonly now: () => number;
}

/**
 * @param authorization the request's Authorization header.
 * @throws LitellmError 401.
 */
export function authenticateCaller({ store, masterKey, now }: CallerPorts, authorization: string | undefined): Caller {
  const key = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) throw unauthorized('Authentication Error, No api key passed in.');
  if (key === masterKey) return { kind: 'admin' };
  const tokenId = hashKey(key);
  const row = store.resolve(tokenId);
  if (row === undefined) {
    throw unauthorized(
      `Authentication Error, Invalid proxy server token passed. Received API Key = sk-...${key.slice(-4)}, ` +
        `Key Hash (Token) =${tokenId}. Unable to find token in cache or \`LiteLLM_VerificationTokenTable\``,
      'token_not_found_in_db',
    );
  }
  if (row.expiresAtMs !== undefined && row.expiresAtMs <= now()) {
    const expiry = new Date(row.expiresAtMs).toISOString();
    throw unauthorized(`Authentication Error - Expired Key. Key Expiry time ${expiry}`, 'expired_key');
  }
  if (row.settings.blocked === true) {
    throw unauthorized("Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.");
  }
  return { kind: 'virtual-key', row };
}

function unauthorized(message: string, type = 'auth_error'): LitellmError {
  return new LitellmError(401, message, type, 'key');
}
