/**
 * The login and password of an `Authorization: Basic` header (RFC 7617); undefined where there is none. Unlike the RFC, a
 * genuine Conjur wants the word as it stands here.
 */
export function parseBasicAuthorization(header: string | undefined): { login: string; password: string } | undefined {
  const encoded = /^Basic\s+(\S+)\s*$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const at = text.indexOf(':');
  return at < 0 ? { login: text, password: '' } : { login: text.slice(0, at), password: text.slice(at + 1) };
}
