import { describe, expect, it } from 'vitest';
import { explainFault } from '../../../lib/explain-fault.ts';
import { HttpFault, toHttpFault, toProxyFault } from '../../../lib/http/fault.ts';

const failure = (code: string): Error => Object.assign(new Error('of OpenSSL'), { code });
const explain = (code: string): string => {
  const fault = toHttpFault(failure(code));
  expect(fault).toMatchObject({ kind: 'tls', reason: code });
  return explainFault('tls', fault, (name) => `<${name}>`);
};

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, whole, and what Node and OpenSSL add. */
const CODES: Readonly<Record<string, readonly [advice: RegExp, codes: readonly string[]]>> = {
  'who signed it is not known': [
    /signed by nobody who is trusted.*<tls\.ca>.*intermediate/,
    [
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
  ],
  'it is not valid today': [
    /not valid today.*clock/,
    ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERROR_IN_CERT_NOT_BEFORE_FIELD', 'ERROR_IN_CERT_NOT_AFTER_FIELD'],
  ],
  'it is used for what it is not for': [
    /not issued for.*serverAuth.*CA:TRUE/,
    ['INVALID_PURPOSE', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'CERT_CHAIN_TOO_LONG'],
  ],
  'it was withdrawn': [
    /withdrawn/,
    [
      'CERT_REVOKED',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'UNABLE_TO_GET_CRL',
      'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
      'CRL_SIGNATURE_FAILURE',
      'CRL_NOT_YET_VALID',
      'CRL_HAS_EXPIRED',
      'ERROR_IN_CRL_LAST_UPDATE_FIELD',
      'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
    ],
  ],
  'OpenSSL does not say why': [
    /without a word why.*RSA under 2048/,
    [
      'UNSPECIFIED',
      'OUT_OF_MEM',
      'CERT_SIGNATURE_FAILURE',
      'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
      'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    ],
  ],
  'it names other hosts': [
    /names other hosts.*<baseUrl>/,
    ['HOSTNAME_MISMATCH', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_TLS_CERT_ALTNAME_FORMAT'],
  ],
  'nothing in common': [
    /no TLS version and cipher in common.*TLS 1\.2/,
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_NO_SHARED_CIPHER',
      'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
    ],
  ],
  'our own certificate': [/client certificate.*<tls\.clientCert>/, ['ERR_SSL_EE_KEY_TOO_SMALL']],
  'no such host there': [/no host of the name/, ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME']],
  'no TLS at all': [/does not speak TLS/, ['ERR_SSL_WRONG_VERSION_NUMBER']],
  'another one': [/was refused/, ['EPROTO', 'ERR_SSL_SOMETHING_NEW']],
};

describe('a TLS failure has advice of its own', () => {
  it.each(Object.entries(CODES).flatMap(([why, [advice, codes]]) => codes.map((code) => [code, why, advice] as const)))(
    '%s: %s',
    (code, _, advice) => {
      const text = explain(code);
      expect(text).toMatch(advice);
      expect(text).toContain(`(${code})`);
    },
  );

  it.each([
    ...['NOT_ERR_TLS_CERT_ALTNAME', 'NOT_CERT_HAS_EXPIRED', 'NOT_CERT_REVOKED', 'NOT_SELF_SIGNED'],
    ...['NOT_INVALID_PURPOSE', 'INVALID_PURPOSE_OF', 'NOT_UNSPECIFIED', 'UNSPECIFIED_AS'],
    ...['NOT_ERR_SSL_EE_KEY_TOO_SMALL', 'ERR_SSL_EE_KEY_TOO_SMALLER', 'NOT_ERR_SSL_CIPHER'],
    ...['NOT_ERR_SSL_UNRECOGNIZED_NAME', 'ERR_SSL_UNRECOGNIZED_NAMES'],
  ])('and none has that of another one which only begins or ends like it: %s', (code) => {
    expect(explainFault('tls', new HttpFault('tls', code), String)).toMatch(
      /^The TLS connection to Conjur was refused/,
    );
  });

  it('and one with a proxy is told as the proxy’s, and not as Conjur’s', () => {
    const fault = toProxyFault(failure('DEPTH_ZERO_SELF_SIGNED_CERT'));
    expect(fault).toMatchObject({ kind: 'proxy-tls', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(explainFault('proxy-tls', fault, (name) => name)).toMatch(/to the http proxy.*proxy\.https.*tls\.ca/);
    expect(toProxyFault(failure('ECONNREFUSED'))).toMatchObject({ kind: 'proxy', reason: 'ECONNREFUSED' });
    const refused = new HttpFault('proxy', 'answered 407');
    expect(explainFault('proxy', refused, (name) => name)).toContain('(user and password: ');
    const away = new HttpFault('proxy', 'ECONNREFUSED');
    expect(explainFault('proxy', away, (name) => name)).toContain('(host and port, ');
  });
});
