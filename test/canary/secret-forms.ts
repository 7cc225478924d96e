/**
 * Every form in which a secret could stand in a text: as it is, reversed, in base64 (also within a longer text that was encoded), base64url,
 * hex, url-encoded, and as JSON writes it, once and twice.
 * @param secret at least 8 characters; shorter ones would be found by chance
 */
export function secretForms(secret: string): string[] {
  if (secret.length < 8) throw new TypeError('A canary must have at least 8 characters.');
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const json = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  return [
    ...new Set([
      secret,
      [...secret].reverse().join(''),
      [...json].reverse().join(''),
      json,
      JSON.stringify(json).slice(1, -1),
      encoded,
      encoded.toLowerCase(),
      String(new URLSearchParams([['', secret]])).slice(1),
      hex,
      hex.toUpperCase(),
      (hex.match(/../g) ?? []).join(' '),
      ...[0, 1, 2].flatMap((offset) => withinBase64(bytes, offset)),
    ]),
  ];
}

/** The characters that stand for these bytes alone when so many others precede them, modulo three. */
function withinBase64(bytes: Buffer, offset: number): string[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  const inner = text.slice(first, last);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}
