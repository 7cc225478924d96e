import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  parseSpiffeId,
  toCertificateIdentity,
} from '../../../../../../infra/local/conjur/authn/certificate-identity.ts';
import { createCertificateAuthority } from '../../../../../support/certificates.ts';

it('reads the names of a certificate by their kind', async () => {
  const ca = await createCertificateAuthority('Test CA');
  const server = await ca.issueServer({ hosts: ['conjur.example', '127.0.0.1'] });
  expect(toCertificateIdentity(new X509Certificate(server.cert))).toEqual({
    commonName: 'conjur.example',
    uris: [],
    dnsNames: ['conjur.example'],
    ipAddresses: ['127.0.0.1'],
  });
  const client = await ca.issueClient({ commonName: 'vm', uri: 'spiffe://example.org/a,b, DNS:evil' });
  expect(toCertificateIdentity(new X509Certificate(client.cert))).toMatchObject({
    commonName: 'vm',
    uris: ['spiffe://example.org/a,b, DNS:evil'],
    dnsNames: [],
  });
});

it.each([
  [['spiffe://example.org/a/b'], { trustDomain: 'example.org', path: 'a/b' }],
  [['https://example.org', 'spiffe://example.org/a'], { trustDomain: 'example.org', path: 'a' }],
  [['spiffe://example.org'], undefined],
  [['spiffe://example.org/'], undefined],
  [['spiffe://a.org/x', 'spiffe://b.org/y'], undefined],
  [[], undefined],
])('the SPIFFE id of %j is %j', (uris, id) => {
  expect(parseSpiffeId(uris)).toEqual(id);
});
