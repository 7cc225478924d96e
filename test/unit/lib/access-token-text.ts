/** The body of a successful authentication: a token that was issued at `iat` and lives `lifeSeconds`. */
export function accessTokenText(lifeSeconds = 480, iat = 1_770_000_000, login = 'admin'): string {
  const payload = Buffer.from(JSON.stringify({ iat, exp: iat + lifeSeconds, sub: login })).toString('base64');
  return JSON.stringify({ protected: 'eyJhbGciOiJ0ZXN0In0=', payload, signature: `s-${iat}-${lifeSeconds}` });
}
