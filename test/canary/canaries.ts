import { randomBytes } from 'node:crypto';

/** Texts that occur nowhere else, with characters in them that each encoding writes in a way of its own. */
function canary(what: string): string {
  return `${what}-${randomBytes(12).toString('hex')}+/="\\é key`;
}

/** Without what an HTTP header or an API key cannot hold. */
function plainCanary(what: string): string {
  return `${what}-${randomBytes(18).toString('base64url')}`;
}

/** One secret of each kind that the functions ever hold. */
export const CANARIES = {
  value: canary('value'),
  newValue: canary('new-value'),
  apiKey: plainCanary('api-key'),
  jwt: plainCanary('jwt'),
  masterKey: plainCanary('sk-master'),
  virtualKey: plainCanary('sk-virtual'),
  awsSecretKey: plainCanary('aws-secret-key'),
  awsSessionToken: plainCanary('aws-session-token'),
  tokenSignature: plainCanary('token-signature'),
} as const;

/** What each is, by its value. */
export const CANARY_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(CANARIES).map(([what, value]) => [value, what]),
);

/** A good access token, whose signature is a canary. */
export function canaryToken(nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const payload = Buffer.from(JSON.stringify({ iat, exp: iat + 480, sub: 'admin' })).toString('base64');
  return JSON.stringify({ protected: 'eyJhbGciOiJ0ZXN0In0=', payload, signature: CANARIES.tokenSignature });
}
