import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** What is wrong with a PEM, to be told after the name of the option that it stands in. Never quotes it. */
export class PemProblem extends Error {}

/** What a reader of files gives for one that cannot be looked at from here: it counts as good. */
export const UNSEEN_PEM = 'a PEM in a place that this process does not see';

interface Block {
  readonly label: string;
  readonly pem: string;
}

const BLOCK = /-----BEGIN\s+([A-Z0-9 ]+?)\s*-----(.*?)-----END\s+\1\s*-----/gs;
/** A line break as shells, JSON, YAML and .env files write it, however often it was escaped on its way: `\n`, `\\r\\n`. */
const WRITTEN_BREAK = /\\+[rnt]/g;

/**
 * The text of a PEM, out of whatever wrapping an environment variable gave it: quotes around it, or base64 over the whole.
 * @returns undefined where there is no PEM in it: then it may be a path
 */
export function findPem(text: string): string | undefined {
  if (text.includes('-----BEGIN')) return text;
  // A path can be written in the alphabet of base64, too, but does not decode to the first line of a PEM.
  const bare = text.replaceAll(WRITTEN_BREAK, '').replaceAll(/[\s"']/g, '');
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(bare)) return undefined;
  const decoded = Buffer.from(bare, 'base64').toString('latin1');
  return decoded.includes('-----BEGIN') ? decoded : undefined;
}

/**
 * Certificates as OpenSSL wants them, whatever line breaks, indentation and quotes they came with. What stands between them is left out.
 * @throws PemProblem
 */
export function parseCertificates(text: string): string {
  if (text === UNSEEN_PEM) return text;
  const blocks = blocksOf(text).filter(({ label }) => /^(?:X509 )?CERTIFICATE$/.test(label));
  if (blocks.length === 0) throw new PemProblem(`must be a PEM that holds a CERTIFICATE${instead(text)}`);
  const certificates = blocks.map(({ pem }) => pem.replaceAll('X509 CERTIFICATE', 'CERTIFICATE'));
  certificates.forEach((pem, index) => {
    if (attempt(() => new X509Certificate(pem)) !== undefined) return;
    const which = certificates.length === 1 ? 'a certificate' : `a certificate (number ${index + 1})`;
    throw new PemProblem(`holds ${which} that cannot be read: a part of it is missing, or altered`);
  });
  return certificates.join('');
}

/** The private key in the same way. @throws PemProblem */
export function parsePrivateKey(text: string): string {
  if (text === UNSEEN_PEM) return text;
  const keys = blocksOf(text).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [key] = keys;
  if (key === undefined) throw new PemProblem(`must be a PEM that holds a PRIVATE KEY${instead(text)}`);
  if (keys.length > 1) throw new PemProblem('holds more than one private key: leave the one of the certificate');
  if (key.label.startsWith('ENCRYPTED') || /Proc-Type:\s*4,\s*ENCRYPTED/.test(text))
    throw new PemProblem(
      'is an encrypted private key, which nobody could decrypt at start: give it unencrypted (openssl pkey -in KEY -out PLAIN)',
    );
  if (attempt(() => createPrivateKey(key.pem)) === undefined)
    throw new PemProblem(
      `holds a private key (${key.label}) that cannot be read: a part of it is missing or altered, or its format is not OpenSSL's (openssl pkey)`,
    );
  return key.pem;
}

/**
 * The certificates with the key's own in front, where TLS wants it.
 * @returns undefined where the key belongs to none of them
 * @throws PemProblem where OpenSSL does not take the pair, as one whose key is too short
 */
export function orderForKey(certificates: string, key: string): string | undefined {
  if (certificates === UNSEEN_PEM || key === UNSEEN_PEM) return certificates;
  const privateKey: KeyObject = createPrivateKey(key);
  const blocks = blocksOf(certificates).map(({ pem }) => pem);
  const own = blocks.find((pem) => new X509Certificate(pem).checkPrivateKey(privateKey));
  if (own === undefined) return undefined;
  const ordered = [own, ...blocks.filter((pem) => pem !== own)].join('');
  try {
    createSecureContext({ cert: ordered, key });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new PemProblem(`is a certificate that OpenSSL does not take (${code}): RSA keys have 2048 bits at least`);
  }
  return ordered;
}

function blocksOf(text: string): Block[] {
  const broken = text.replaceAll(WRITTEN_BREAK, '\n');
  return [...broken.matchAll(BLOCK)].map(([, written = '', body = '']) => {
    const label = written.replaceAll(/\s+/g, ' ');
    // Headers, as old encrypted keys have them, leave a body that is no base64; it is then refused by who reads it.
    const base64 = body
      .replaceAll(/[\s"',\\]/g, '')
      .replaceAll(/.{64}/g, '$&\n')
      .trimEnd();
    return { label, pem: `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n` };
  });
}

/** What was found in the place of what is wanted. */
function instead(text: string): string {
  const labels = [...new Set(blocksOf(text).map(({ label }) => label))];
  if (labels.length > 0) return `, and holds: ${labels.join(', ')}`;
  return text.includes('-----BEGIN') ? '; its last line (-----END …-----) is missing or another one' : '';
}

/** OpenSSL's errors are not passed on: they may quote what was read. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
