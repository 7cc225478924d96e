import { beforeAll, describe, expect, it } from 'vitest';
import type { LocalTls } from '../../../../infra/local/conjur/create-local-conjur.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../../support/certificates.ts';
import { startClient } from '../start-client.ts';
import { authenticatorPolicy } from './authenticator-policy.ts';

let authority: CertificateAuthority;
let server: IssuedCertificate;
let client: IssuedCertificate;
let spiffe: IssuedCertificate;
let stranger: IssuedCertificate;

beforeAll(async () => {
  authority = await createCertificateAuthority('local CA');
  server = await authority.issueServer({ hosts: ['127.0.0.1', 'localhost'] });
  client = await authority.issueClient({ commonName: 'app-one' });
  spiffe = await authority.issueClient({ commonName: 'any', uri: 'spiffe://example.org/one' });
  stranger = await (await createCertificateAuthority('another CA')).issueClient({ commonName: 'app-one' });
});

const showing = ({ cert, key }: IssuedCertificate) => ({ CYBERARK_CLIENT_CERT: cert, CYBERARK_CLIENT_KEY: key });

/** The admin of such a server needs a certificate too. */
async function start(clientCertificates: NonNullable<LocalTls['clientCertificates']>) {
  const tls = { cert: server.cert, key: server.key, clientCa: authority.cert, clientCertificates };
  return startClient({ tls }, { CYBERARK_CA_CERT: authority.cert, ...showing(client) });
}

describe('mutual TLS in front of authn', () => {
  it.each(['required', 'authn'] as const)('lets in certificate and api key together (%s)', async (mode) => {
    const { admin } = await start(mode);
    expect((await admin.whoami()).login).toBe('admin');
  });

  it('is for CYBERARK_AUTHN=cert the same, and sends the key where there is one', async () => {
    const { connect, server: conjur } = await start('authn');
    const withKey = connect({ CYBERARK_AUTHN: 'cert', CYBERARK_API_KEY: conjur.adminApiKey });
    expect((await withKey.whoami()).login).toBe('admin');
    const error = await connect({ CYBERARK_AUTHN: 'cert' })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/cert.*CYBERARK_CLIENT_CERT.*set CYBERARK_API_KEY/);
  });

  it('that refuses the certificate in the handshake is a failed authentication, and no outage', async () => {
    const { connect } = await start('required');
    const conjur = connect({ CYBERARK_AUTHN: 'cert', ...showing(stranger) });
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/client certificate.*CYBERARK_CLIENT_CERT/);
  });
});

describe('authn-cert', () => {
  const SERVICE = { CYBERARK_AUTHN: 'cert', CYBERARK_AUTHN_SERVICE_ID: 'mesh' };

  it('logs in the host that the settings name, with its certificate (request mode)', async () => {
    const { admin, connect } = await start('optional');
    const hosts = [{ id: 'one', annotations: { 'authn-cert/mesh/cn': 'app-one' } }];
    await admin.loadPolicy('root', authenticatorPolicy('authn-cert/mesh', hosts));
    expect((await connect({ ...SERVICE, CYBERARK_USERNAME: 'host/one' }).whoami()).login).toBe('host/one');
  });

  it('logs in the host that the certificate names (SPIFFE mode)', async () => {
    const { admin, connect } = await start('optional');
    const variables = ['host-mode', 'trust-domain', 'identity-path'];
    await admin.loadPolicy('root', authenticatorPolicy('authn-cert/mesh', [{ id: 'apps/one' }], variables));
    await admin.writeSecret('conjur/authn-cert/mesh/host-mode', 'spiffe');
    await admin.writeSecret('conjur/authn-cert/mesh/trust-domain', 'example.org');
    await admin.writeSecret('conjur/authn-cert/mesh/identity-path', 'apps');
    expect((await connect({ ...SERVICE, ...showing(spiffe) }).whoami()).login).toBe('host/apps/one');
  });

  it.each([
    ['of another CA', () => stranger],
    ['of another host', () => spiffe],
  ])('refuses a certificate %s, with what to check', async (_, certificate) => {
    const { admin, connect } = await start('optional');
    const hosts = [{ id: 'one', annotations: { 'authn-cert/mesh/cn': 'app-one' } }];
    await admin.loadPolicy('root', authenticatorPolicy('authn-cert/mesh', hosts));
    const conjur = connect({ ...SERVICE, CYBERARK_USERNAME: 'host/one', ...showing(certificate()) });
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/cert.*CYBERARK_CLIENT_CERT.*authn-cert\/mesh/);
  });
});

describe('the server’s certificate', () => {
  it('is trusted by the given authority only', async () => {
    const { connect, server: conjur } = await start('optional');
    const other = await createCertificateAuthority('a third CA');
    const error = await connect({ CYBERARK_API_KEY: conjur.adminApiKey, CYBERARK_CA_CERT: other.cert })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
    expect((error as Error).message).toContain('CYBERARK_CA_CERT');
  });

  it('is not looked at where CYBERARK_SSL_VERIFY is false', async () => {
    const { connect, server: conjur } = await start('optional');
    const other = await createCertificateAuthority('a third CA');
    const client = connect({
      CYBERARK_API_KEY: conjur.adminApiKey,
      CYBERARK_CA_CERT: other.cert,
      CYBERARK_SSL_VERIFY: 'false',
    });
    expect((await client.whoami()).login).toBe('admin');
  });
});
