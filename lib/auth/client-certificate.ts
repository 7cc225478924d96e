import { readFile } from 'node:fs/promises';
import type { TlsSettings } from '../http/dispatchers.ts';
import type { Logger } from '../logger.ts';
import { findPem, orderForKey, parseCertificates, parsePrivateKey } from '../pem.ts';
import { Secret } from '../secret.ts';

/**
 * Looks whether the files of the client certificate hold another pair now, and hands it on. Called before each authentication: a
 * certificate that is renewed on disk is in use within the life of a session token. A pair that does not match is one that is being
 * written; the old one stays until the next look.
 */
export function createCertificateRefresh(
  tls: TlsSettings,
  use: (tls: TlsSettings) => void,
  logger: Logger,
): () => Promise<void> {
  const { clientFiles } = tls;
  let current = tls;
  return async () => {
    if (clientFiles === undefined) return;
    try {
      const [certText, keyText] = await Promise.all([
        readFile(clientFiles.cert, 'utf8'),
        readFile(clientFiles.key, 'utf8'),
      ]);
      const key = parsePrivateKey(findPem(keyText) ?? keyText);
      const cert = orderForKey(parseCertificates(findPem(certText) ?? certText), key);
      if (cert === undefined) throw new Error('they do not match');
      if (cert === current.clientCert?.expose() && key === current.clientKey?.expose()) return;
      current = { ...current, clientCert: Secret.of(cert), clientKey: Secret.of(key) };
      use(current);
    } catch (error) {
      // The code alone: a message of OpenSSL's may quote what it read.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'mismatch';
      logger.warn('The client certificate could not be read anew; using the current one.', { ...clientFiles, code });
    }
  };
}
