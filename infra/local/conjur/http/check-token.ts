import type { TokenClaims, Tokens } from '../authn/tokens.ts';
import type { Edition } from '../edition.ts';
import { tokenReply } from './reply.ts';
import { ReplyError } from './reply-error.ts';

/** Logging in and what anybody may ask: a token is not even looked at. */
const OPEN = [
  /^\/authn(?:-[^/]+)?\/.*\/authenticate$/,
  /^\/authn-oidc\/.*\/providers/,
  /^\/host_factories\/hosts$/,
  /^\/authenticators$/,
  /^\/$/,
];
/** Routes that know other credentials than a token. */
const OPTIONAL = [/^\/authn(?:-[^/]+)?\//, /^\/public_keys\//];

/** Whether anybody may ask, without a token. On the vendor's service `/authenticators` is a route of the second API. */
function isOpen(path: string, edition: Edition): boolean {
  if (edition === 'saas' && path === '/authenticators') return false;
  return OPEN.some((pattern) => pattern.test(path));
}

/**
 * The check that stands in front of all routes: 401 without a good token, on routes that do not exist as well.
 *
 * @param path the path as it came over the wire, without the query.
 */
export async function checkToken(
  tokens: Tokens,
  path: string,
  authorization: string | undefined,
  edition: Edition = 'self-hosted',
): Promise<TokenClaims | undefined> {
  if (isOpen(path, edition)) return undefined;
  const encoded = /^Token token="(.*)"/ms.exec(authorization ?? '')?.[1];
  const token = encoded === undefined ? null : parseToken(encoded);
  // The JSON texts `null` and `false` are as good as no token.
  if (token === null || token === false) {
    if (OPTIONAL.some((pattern) => pattern.test(path))) return undefined;
    throw refuse('Authorization missing');
  }
  const claims = await tokens.verify(token);
  if (claims === undefined) throw refuse('Unauthorized: Invalid token');
  return claims;
}

function parseToken(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded.replace(/\s/g, ''), 'base64').toString());
  } catch {
    throw refuse('Malformed authorization token');
  }
}

function refuse(message: string): ReplyError {
  return new ReplyError(tokenReply(message), message);
}
