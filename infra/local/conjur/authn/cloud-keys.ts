import {
  type CryptoKey,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { codedError } from '../http/reply-error.ts';
import type { CloudKeys, ServerContext } from '../server-context.ts';
import type { Setting } from '../store/open-store.ts';
import { refuse, type ServiceLogin } from './authorize-service.ts';

const ALGORITHM = 'RS256';
const KEY_ID = 'conjur-local';

/** The key is made at its first use, and kept with the data. */
export function createCloudKeys(setting: Setting, now: () => number): CloudKeys {
  let loaded: Promise<{ privateKey: CryptoKey | Uint8Array; publicJwk: JWK }> | undefined;
  const load = () => {
    loaded ??= loadKey(setting);
    return loaded;
  };
  return {
    async sign(claims, lifeSeconds) {
      const { privateKey } = await load();
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT({ iat: issuedAt, exp: issuedAt + lifeSeconds, ...claims })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: 'JWT' })
        .sign(privateKey);
    },
    async publicKeys() {
      return { keys: [(await load()).publicJwk] };
    },
  };
}

async function loadKey(setting: Setting) {
  let text = setting.load();
  if (text === undefined) {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    text = JSON.stringify(await exportJWK(privateKey));
    setting.save(text);
  }
  const { kty, n, e, ...secret } = JSON.parse(text);
  const privateKey = await importJWK({ kty, n, e, ...secret }, ALGORITHM);
  return { privateKey, publicJwk: { kty, n, e, alg: ALGORITHM, kid: KEY_ID, use: 'sig' } };
}

/**
 * Checks a cloud's token: signed by this server's own cloud or by a key of `--jwt-keys`, from this issuer, and not expired.
 *
 * @throws {ReplyError} 401; only an expired token is told from others.
 */
export async function verifyCloudToken(
  context: ServerContext,
  login: ServiceLogin,
  token: string,
  issuer: string,
): Promise<JWTPayload> {
  try {
    // Issuers need not name their keys, so another's key set is asked apart from this server's.
    const isOwn = decodeProtectedHeader(token).kid === KEY_ID;
    const keys = createLocalJWKSet(isOwn ? await context.cloudKeys.publicKeys() : (context.jwt?.jwks ?? { keys: [] }));
    const { payload } = await jwtVerify(token, keys, { issuer, currentDate: new Date(context.now()) });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw codedError(401, 'unauthorized', 'CONJ00016E Token expired');
    // A text that is no token at all is a TypeError.
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw refuse(context, login, error.message);
    throw error;
  }
}
