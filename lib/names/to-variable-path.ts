/** One url-encoded path segment. A slash inside an id is encoded too, as Conjur's API asks for ids. */
export function encodeSegment(text: string): string {
  // Half a surrogate pair, on which encodeURIComponent throws, goes as U+FFFD: an account or login that holds one names nothing, and
  // Conjur's refusal says so. The five characters that it leaves may be delimiters to a proxy (RFC 3986, section 2.2).
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `/secrets/{account}/variable/{id}`: https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_retrieve_secret.htm */
export function toSecretPath(account: string, name: string): string {
  return `/secrets/${encodeSegment(account)}/variable/${encodeSegment(name)}`;
}

/** `/resources/{account}/{kind}/{id}` */
export function toResourcePath(account: string, kind: string, id: string): string {
  return `/resources/${encodeSegment(account)}/${kind}/${encodeSegment(id)}`;
}

/** `/policies/{account}/policy/{branch}` */
export function toPolicyPath(account: string, branch: string): string {
  return `/policies/${encodeSegment(account)}/policy/${encodeSegment(branch)}`;
}

/** `/authn/{account}/api_key`, of one's own role or of another one. */
export function toApiKeyPath(account: string, role?: string): string {
  const path = `/authn/${encodeSegment(account)}/api_key`;
  return role === undefined ? path : `${path}?role=${encodeSegment(role)}`;
}
