import { createHash } from 'node:crypto';
import { type CryptoKey, exportJWK, FlattenedSign, flattenedVerify, generateKeyPair, importJWK, type JWK } from 'jose';

/** Who a token speaks for and until when. Times in seconds since the epoch. */
export interface TokenClaims {
  readonly login: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Issues and checks access tokens: `{"protected", "payload", "signature"}`, signed (RFC 7515, 7.2.2), each in base64url with
 * its padding as a genuine Conjur has it. A token that comes without the padding is good as well.
 */
export interface Tokens {
  issue(login: string): Promise<Record<string, string>>;
  /** The claims of a token; undefined when it is forged, expired or not a token at all. */
  verify(token: unknown): Promise<TokenClaims | undefined>;
}

/** Keeps the key that signs tokens, so that they outlive a restart. */
export interface SigningKeyStore {
  load(): string | undefined;
  save(jwk: string): void;
}

const ALGORITHM = 'EdDSA';
/** Tokens whose signature is not checked again: those that were, and those that were issued here. */
const REMEMBERED_TOKENS = 1000;

/** How tokens are. */
export interface TokenOptions {
  /** 0 to 18000. */
  readonly ttlSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether a token says when it expires; an old server's has `iat` alone. Default true. */
  readonly hasExpiry?: boolean;
}

export async function createTokens(
  keys: SigningKeyStore,
  { ttlSeconds, now, hasExpiry = true }: TokenOptions,
): Promise<Tokens> {
  const { key, kid } = await loadKey(keys);
  const known = new Map<string, TokenClaims>();
  const remember = (token: TokenShape, claims: TokenClaims): void => {
    if (known.size >= REMEMBERED_TOKENS) known.clear();
    known.set(toId(token), claims);
  };

  return {
    async issue(login) {
      const issuedAt = Math.floor(now() / 1000);
      const expiresAt = issuedAt + ttlSeconds;
      const claims = { iat: issuedAt, ...(hasExpiry ? { exp: expiresAt } : {}), sub: login };
      const jws = await new FlattenedSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .sign(key.privateKey);
      const token = { protected: jws.protected ?? '', payload: jws.payload, signature: jws.signature };
      remember(token, { login, issuedAt, expiresAt });
      return mapParts(token, pad);
    },
    async verify(token) {
      if (!isTokenShaped(token)) return undefined;
      const bare = mapParts(token, unpad);
      const held = known.get(toId(bare));
      const claims = held ?? (await readClaims(bare, key.publicKey, ttlSeconds));
      if (claims === undefined || claims.expiresAt <= now() / 1000) return undefined;
      if (held === undefined) remember(bare, claims);
      return claims;
    },
  };
}

interface TokenShape {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

function mapParts({ protected: header, payload, signature }: TokenShape, change: (part: string) => string) {
  return { protected: change(header), payload: change(payload), signature: change(signature) };
}

function pad(part: string): string {
  return part.padEnd(Math.ceil(part.length / 4) * 4, '=');
}

function unpad(part: string): string {
  return part.replace(/=+$/, '');
}

function toId(token: TokenShape): string {
  return `${token.protected}.${token.payload}.${token.signature}`;
}

function isTokenShaped(token: unknown): token is TokenShape {
  if (typeof token !== 'object' || token === null) return false;
  const parts = token as Partial<Record<keyof TokenShape, unknown>>;
  return [parts.protected, parts.payload, parts.signature].every((part) => typeof part === 'string');
}

async function readClaims(token: TokenShape, key: CryptoKey, ttlSeconds: number): Promise<TokenClaims | undefined> {
  try {
    const { payload } = await flattenedVerify({ ...token }, key, { algorithms: [ALGORITHM] });
    const claims = JSON.parse(Buffer.from(payload).toString());
    return { login: claims.sub, issuedAt: claims.iat, expiresAt: claims.exp ?? claims.iat + ttlSeconds };
  } catch {
    // Whatever is wrong with a token, the answer is the same: it is not one of ours.
    return undefined;
  }
}

async function loadKey(keys: SigningKeyStore) {
  const saved = keys.load();
  const jwk: JWK = saved === undefined ? await createKey() : JSON.parse(saved);
  if (saved === undefined) keys.save(JSON.stringify(jwk));
  const { d: _, ...publicJwk } = jwk;
  const kid = createHash('sha256').update(String(jwk.x)).digest('hex');
  const privateKey = (await importJWK(jwk, ALGORITHM)) as CryptoKey;
  const publicKey = (await importJWK(publicJwk, ALGORITHM)) as CryptoKey;
  return { key: { privateKey, publicKey }, kid };
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportJWK(privateKey);
}
