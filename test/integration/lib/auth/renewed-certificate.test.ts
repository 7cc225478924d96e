import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCertificateAuthority, type IssuedCertificate } from '../../../support/certificates.ts';
import { startClient } from '../start-client.ts';
import { authenticatorPolicy } from './authenticator-policy.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewed-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write({ cert, key }: IssuedCertificate): void {
  writeFileSync(join(directory, 'cert.pem'), cert);
  writeFileSync(join(directory, 'key.pem'), key);
}

it('a certificate that is renewed on disk is in use from the next login; a pair that does not match is not', async () => {
  const authority = await createCertificateAuthority('local CA');
  const tls = {
    ...(await authority.issueServer({ hosts: ['127.0.0.1'] })),
    clientCa: authority.cert,
    clientCertificates: 'optional' as const,
  };
  const { admin, connect } = await startClient({ tls, tokenTtlSeconds: 1 }, { CYBERARK_CA_CERT: authority.cert });
  const hosts = ['one', 'two'].map((id) => ({ id, annotations: { 'authn-cert/mesh/cn': id } }));
  await admin.loadPolicy('root', authenticatorPolicy('authn-cert/mesh', hosts));
  const [one, two] = await Promise.all(['one', 'two'].map((commonName) => authority.issueClient({ commonName })));
  if (one === undefined || two === undefined) throw new Error('there are two');
  write(one);
  const warnings: string[] = [];
  const logger = { ...console, warn: (message: string) => void warnings.push(message) };
  const conjur = connect(
    {
      CYBERARK_AUTHN: 'cert',
      CYBERARK_AUTHN_SERVICE_ID: 'mesh',
      CYBERARK_USERNAME: 'host/two',
      CONJUR_AUTHN_CERT_FILE: join(directory, 'cert.pem'),
      CONJUR_AUTHN_CERT_KEY_FILE: join(directory, 'key.pem'),
    },
    { logger },
  );
  // The certificate is that of another host.
  await expect(conjur.whoami()).rejects.toMatchObject({ code: 'authentication_failed' });

  writeFileSync(join(directory, 'cert.pem'), two.cert);
  await expect(conjur.whoami()).rejects.toMatchObject({ code: 'authentication_failed' });
  expect(new Set(warnings)).toEqual(new Set([expect.stringContaining('using the current one')]));

  write(two);
  expect(await conjur.whoami()).toMatchObject({ login: 'host/two' });
});
