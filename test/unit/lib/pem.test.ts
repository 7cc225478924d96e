import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findPem, orderForKey, PemProblem, parseCertificates, parsePrivateKey, UNSEEN_PEM } from '../../../lib/pem.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';

const authority = await createCertificateAuthority('CA');
const { cert, key } = await authority.issueClient({ commonName: 'app' });
const other = await authority.issueClient({ commonName: 'other' });
const normal = (pem: string): string => `${pem.trim()}\n`;
const relabelled = (pem: string, label: string): string => pem.replaceAll('CERTIFICATE', label);

function problemOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof PemProblem) return error.message;
    throw error;
  }
  return '';
}

describe('a PEM in a text', () => {
  const base64 = Buffer.from(cert).toString('base64');

  it('is found as it is, and out of base64 in lines, in quotes, with breaks written out', () => {
    expect(findPem(`words\n${cert}`)).toBe(`words\n${cert}`);
    expect(findPem(base64)).toBe(cert);
    expect(findPem(`'${base64.replaceAll(/.{76}/g, '$&\n')}'`)).toBe(cert);
    expect(findPem(`"${base64.replaceAll(/.{76}/g, '$&\\r\\n')}"`)).toBe(cert);
  });

  it.each([
    ['a path', '/etc/ssl/cert.pem'],
    ['base64 of something else', Buffer.alloc(100, 'x').toString('base64')],
    ['base64 behind another character', `,${base64}`],
    ['base64 before another character', `${base64},`],
    // So short a text may be a path.
    ['base64 of the first words alone', Buffer.from('-----BEGIN ').toString('base64')],
  ])('is not found in %s', (_, text) => {
    expect(findPem(text)).toBeUndefined();
  });
});

describe('certificates', () => {
  it('are put into one form, without what stands between them', () => {
    const text = `# one\r\n  ${cert.replaceAll('\n', '\r\n  ')}\n# two\n${relabelled(other.cert, 'X509 CERTIFICATE')}${key}`;
    expect(parseCertificates(text)).toBe(normal(cert) + normal(other.cert));
    expect(parseCertificates(UNSEEN_PEM)).toBe(UNSEEN_PEM);
  });

  it.each([
    ['a key', key, 'must be a PEM that holds a CERTIFICATE, and holds: PRIVATE KEY'],
    ['two keys', key + other.key, 'must be a PEM that holds a CERTIFICATE, and holds: PRIVATE KEY'],
    [
      'what only sounds like one',
      relabelled(cert, 'TRUSTED CERTIFICATE') + relabelled(cert, 'CERTIFICATE REQUEST'),
      'must be a PEM that holds a CERTIFICATE, and holds: TRUSTED CERTIFICATE, CERTIFICATE REQUEST',
    ],
    [
      'one without an end',
      cert.replace(/-----END.*/s, ''),
      'must be a PEM that holds a CERTIFICATE; its last line (-----END …-----) is missing or another one',
    ],
    ['nothing', 'sesame', 'must be a PEM that holds a CERTIFICATE'],
    [
      'one that is altered',
      cert.replace(/\n.{8}/, '\nAAAAAAAA'),
      'holds a certificate that cannot be read: a part of it is missing, or altered',
    ],
    [
      'one of several that is altered',
      cert + cert.replace(/\n.{8}/, '\nAAAAAAAA'),
      'holds a certificate (number 2) that cannot be read: a part of it is missing, or altered',
    ],
  ])('are not had from %s', (_, text, problem) => {
    expect(problemOf(() => parseCertificates(text))).toBe(problem);
  });
});

describe('a private key', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const encrypted = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' } as const;

  it('is put into the same form, whatever stands beside it', () => {
    expect(parsePrivateKey(cert + key.replaceAll('\n', '\\n'))).toBe(normal(key));
    const sec1 = createPrivateKey(key).export({ format: 'pem', type: 'sec1' }) as string;
    expect(parsePrivateKey(sec1)).toBe(normal(sec1));
    expect(parsePrivateKey(UNSEEN_PEM)).toBe(UNSEEN_PEM);
  });

  it.each([
    ['a certificate', cert, /^must be a PEM that holds a PRIVATE KEY, and holds: CERTIFICATE$/],
    ['two', key + other.key, /^holds more than one private key/],
    ['an encrypted one', pair.export({ ...encrypted, type: 'pkcs8' }), /^is an encrypted private key/],
    ['an encrypted one of old', pair.export({ ...encrypted, type: 'pkcs1' }), /^is an encrypted private key/],
    ['an altered one', key.replace(/\n.{8}/, '\nAAAAAAAA'), /^holds a private key \(PRIVATE KEY\) that cannot be read/],
    ['a public one', relabelled(cert, 'PRIVATE KEY FILE'), /^must be a PEM that holds a PRIVATE KEY, and holds: /],
  ])('is not had from %s', (_, text, problem) => {
    expect(problemOf(() => parsePrivateKey(String(text)))).toMatch(problem);
  });
});

describe('certificates in the order for a key', () => {
  it('begin with the one that it belongs to, and keep the order of the others', () => {
    const ordered = orderForKey(parseCertificates(authority.cert + other.cert + cert), parsePrivateKey(key));
    expect(ordered).toBe(normal(cert) + normal(authority.cert) + normal(other.cert));
    expect(new X509Certificate(ordered ?? '').checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('are none where it belongs to none of them', () => {
    expect(orderForKey(parseCertificates(authority.cert + other.cert), parsePrivateKey(key))).toBeUndefined();
  });

  it('stay as they are where one of the two is not seen', () => {
    expect([orderForKey(UNSEEN_PEM, key), orderForKey(cert, UNSEEN_PEM)]).toEqual([UNSEEN_PEM, cert]);
  });

  it('are refused where OpenSSL does not take the pair', async () => {
    const short = await authority.issueClient({ commonName: 'short', rsaBits: 1_024 });
    expect(problemOf(() => orderForKey(parseCertificates(short.cert), parsePrivateKey(short.key)))).toMatch(
      /^is a certificate that OpenSSL does not take \(ERR_SSL_EE_KEY_TOO_SMALL\)/,
    );
  });
});
