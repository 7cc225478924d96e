import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { HttpFault, toHttpFault, toProxyFault } from '../../../../lib/http/fault.ts';

const coded = (code: string): Error => Object.assign(new Error('sesame'), { code });

it.each([
  [
    'connect',
    [
      'ECONNREFUSED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'EADDRNOTAVAIL',
      'UND_ERR_CONNECT_TIMEOUT',
    ],
  ],
  ['proxy', ['UND_ERR_ABORTED', 'UND_ERR_PRX_CONN', 'UND_ERR_PRX_TLS']],
  ['too-large', ['UND_ERR_RES_EXCEEDED_MAX_SIZE']],
  [
    'client-certificate',
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
    ],
  ],
  [
    'tls',
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED_OTHERWISE',
      'ERR_OSSL_X',
      'CERT_HAS_EXPIRED',
      'CRL_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'HOSTNAME_MISMATCH',
      'EPROTO',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'PATH_LENGTH_EXCEEDED',
      'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
      'UNSPECIFIED',
      'OUT_OF_MEM',
    ],
  ],
  [
    'broken',
    // What only ends or begins like one of the others is none of them.
    [
      'ECONNRESET',
      'UND_ERR_SOCKET',
      'EPROTONOSUPPORT',
      'OUT_OF_MEMORY',
      'X_ERR_TLS_X',
      'X_ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    ],
  ],
])('is %s for each of %j', (kind, codes) => {
  for (const code of codes) {
    const error = coded(code);
    expect(toHttpFault(error)).toMatchObject({ kind, reason: code, message: `${kind}: ${code}`, cause: error });
  }
});

it.each<[string, unknown, string]>([
  ['the first of several', new AggregateError([coded('ECONNREFUSED'), coded('ENOTFOUND')]), 'connect: ECONNREFUSED'],
  ['the only one', new AggregateError([coded('ENOTFOUND')]), 'connect: ENOTFOUND'],
  ['itself where it holds none', new AggregateError([]), 'broken: AggregateError'],
  ['an error without a code, by its name', new TypeError('sesame'), 'broken: TypeError'],
  ['an error whose code is no text', Object.assign(new Error('sesame'), { code: 7 }), 'broken: Error'],
  ['what is no error', { code: 'sesame' }, 'broken: unknown'],
])('takes %s', (_, error, message) => {
  expect(toHttpFault(error).message).toBe(message);
});

it.each([
  ['ECONNREFUSED', 'proxy'],
  ['ECONNRESET', 'proxy'],
  ['CERT_HAS_EXPIRED', 'proxy-tls'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'proxy-tls'],
])('%s of a connection to a proxy is %s', (code, kind) => {
  const error = coded(code);
  expect(toProxyFault(error)).toMatchObject({ kind, reason: code, cause: error });
});

it('a fault stays what it is, and its cause does not print', () => {
  const fault = new HttpFault('timeout', '5 ms', 'sesame', { endedBy: 'circuit', retryAfterMs: 3 });
  expect([toHttpFault(fault), toProxyFault(fault)]).toEqual([fault, fault]);
  expect(toHttpFault(fault)).toBe(fault);
  expect(toProxyFault(fault)).toBe(fault);
  expect([fault.endedBy, fault.retryAfterMs, fault.cause]).toEqual(['circuit', 3, 'sesame']);
  expect(Object.keys(fault)).not.toContain('cause');
  // As that of any other error.
  expect(Object.getOwnPropertyDescriptor(fault, 'cause')).toMatchObject({ configurable: true, enumerable: false });
});

const calling = (syscall: string, code: string): Error => Object.assign(coded(code), { syscall });

it.each<[string, Error, string]>([
  [
    'of several addresses, of which the first was silent',
    new AggregateError([calling('connect', 'ETIMEDOUT'), calling('connect', 'ECONNREFUSED')]),
    'connect: ETIMEDOUT',
  ],
  ['by the system’s own limit', calling('connect', 'ETIMEDOUT'), 'connect: ETIMEDOUT'],
  ['of a name that is not to be found', calling('getaddrinfo', 'EAI_FAIL'), 'connect: EAI_FAIL'],
  ['is none once something was sent', calling('read', 'ETIMEDOUT'), 'broken: ETIMEDOUT'],
  [
    'is none where that is so of one address',
    new AggregateError([calling('connect', 'ETIMEDOUT'), calling('write', 'EPIPE')]),
    'broken: ETIMEDOUT',
  ],
])('a failure to connect %s, so that nothing was sent', (_, error, message) => {
  expect(toHttpFault(error).message).toBe(message);
});

it.each<[string, Error]>([
  ['bytes, as undici’s parser does', Object.assign(new Error('no HTTP'), { data: 'canary' })],
  ['bytes, as Node’s parser does', Object.assign(coded('HPE_INVALID_CONSTANT'), { rawPacket: ['canary'] })],
  ['a certificate', Object.assign(coded('ERR_TLS_CERT_ALTNAME_INVALID'), { cert: { raw: 'canary' } })],
  ['bytes in one of several', new AggregateError([Object.assign(coded('ECONNREFUSED'), { data: 'canary' })])],
])('an error that holds %s gives none of it away, wherever it is printed', (_, error) => {
  for (const fault of [toHttpFault(error), toProxyFault(error), new HttpFault('broken', 'x', error)])
    expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('canary');
});

it('of an error what helps stays: its name, where it happened, and which address failed', () => {
  const fields = { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 1 };
  const error = Object.assign(new TypeError('connect failed'), fields);
  expect(toHttpFault(error).cause).toMatchObject({ ...fields, name: 'TypeError', stack: error.stack });
});
