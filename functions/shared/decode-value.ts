import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { Secret } from '../../lib/secret.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The inverse of `encodeValue`. Base64 (RFC 4648, section 4) is taken strictly, since what a lenient decoder drops would be a value
 * that nobody meant.
 * @throws ConjurError `invalid_request`
 */
export function decodeValue(value: string, encoding: 'utf-8' | 'base64' = 'utf-8'): Secret {
  if (encoding === 'utf-8') return Secret.of(value);
  if (!BASE64.test(value))
    throw new ConjurError(
      'invalid_request',
      'The value is not base64, though its encoding says so. Encode it by RFC 4648, section 4, with padding.',
    );
  return Secret.of(Buffer.from(value, 'base64'));
}
