import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createCertificateRefresh } from '../../../../lib/auth/client-certificate.ts';
import type { TlsSettings } from '../../../../lib/http/dispatchers.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../../../support/certificates.ts';

it('a pair is handed on when it is another one, and only then', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'client-certificate-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const clientFiles = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  const write = ({ cert, key }: IssuedCertificate): void => {
    writeFileSync(clientFiles.cert, cert);
    writeFileSync(clientFiles.key, key);
  };
  const authority = await createCertificateAuthority('local CA');
  const [one, two] = await Promise.all(['one', 'two'].map((commonName) => authority.issueClient({ commonName })));
  if (one === undefined || two === undefined) throw new Error('there are two');
  const used: TlsSettings[] = [];
  const warnings: unknown[] = [];
  const refresh = createCertificateRefresh(
    { ...{ verify: true, ca: undefined }, ...{ clientCert: undefined, clientKey: undefined, clientFiles } },
    (tls) => used.push(tls),
    { ...silentLogger, warn: (_, fields) => void warnings.push(fields) },
  );
  write(one);
  await refresh();
  await refresh();
  expect(used).toHaveLength(1);
  write(two);
  await refresh();
  await refresh();
  expect(used).toHaveLength(2);
  expect(used[1]?.clientCert?.expose()).not.toBe(used[0]?.clientCert?.expose());
  expect(used[1]?.clientKey?.expose()).not.toBe(used[0]?.clientKey?.expose());
  expect(warnings).toEqual([]);

  // One of the two is being written.
  write({ cert: one.cert, key: two.key });
  await refresh();
  rmSync(clientFiles.key);
  await refresh();
  expect(used).toHaveLength(2);
  expect(warnings).toEqual([
    { ...clientFiles, code: 'mismatch' },
    { ...clientFiles, code: 'ENOENT' },
  ]);
});

it('without files there is nothing to look at', async () => {
  const used: TlsSettings[] = [];
  const tls = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };
  await createCertificateRefresh(tls, (newer) => used.push(newer), silentLogger)();
  expect(used).toEqual([]);
});
