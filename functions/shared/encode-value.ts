import { isUtf8 } from 'node:buffer';
import type { Secret } from '../../lib/secret.ts';

export interface EncodedValue {
  readonly value: string;
  readonly encoding: 'utf-8' | 'base64';
}

/** Text where the bytes are UTF-8, base64 where they are not: JSON cannot carry them otherwise. */
export function encodeValue(secret: Secret): EncodedValue {
  const bytes = secret.exposeBytes();
  if (isUtf8(bytes)) return { value: secret.expose(), encoding: 'utf-8' };
  return { value: bytes.toString('base64'), encoding: 'base64' };
}
