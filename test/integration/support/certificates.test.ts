import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCertificateAuthority, createSelfSigned, type IssuedCertificate } from '../../support/certificates.ts';

/** An HTTPS server that answers with the subject and the alternative names of the client's certificate. */
async function startServer(identity: IssuedCertificate, clientCa?: string): Promise<string> {
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server = createServer({ ...identity, ...mutual }, (incoming, response) => {
    const { subject, subjectaltname } = (incoming.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ commonName: subject?.CN, names: subjectaltname }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function get(url: string, connect: object): Promise<unknown> {
  const dispatcher = new Agent({ connect });
  onTestFinished(() => dispatcher.close());
  const answer = await request(url, { dispatcher });
  return answer.body.json();
}

describe('certificates made for tests', () => {
  it('let a client that trusts the authority reach the hosts that a server certificate names, and no others', async () => {
    const authority = await createCertificateAuthority('test authority');
    const url = await startServer(await authority.issueServer({ hosts: ['localhost', '127.0.0.1'] }));
    await expect(get(url, { ca: authority.cert })).resolves.toEqual({});
    await expect(get(url.replace('127.0.0.1', 'localhost'), { ca: authority.cert })).resolves.toEqual({});
    const other = await startServer(await authority.issueServer({ hosts: ['other.example'] }));
    await expect(get(other, { ca: authority.cert })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('are not trusted by a client that trusts another authority, nor after their end', async () => {
    const [authority, stranger] = await Promise.all([
      createCertificateAuthority('one'),
      createCertificateAuthority('two'),
    ]);
    const url = await startServer(await authority.issueServer({ hosts: ['127.0.0.1'] }));
    await expect(get(url, { ca: stranger.cert })).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const old = await authority.issueServer({ hosts: ['127.0.0.1'], notAfter: new Date(Date.now() - 1000) });
    await expect(get(await startServer(old), { ca: authority.cert })).rejects.toMatchObject({
      code: 'CERT_HAS_EXPIRED',
    });
  });

  it('are self-signed where no authority is wanted, and trusted by themselves alone', async () => {
    const [identity, other] = await Promise.all([createSelfSigned(['127.0.0.1']), createSelfSigned(['127.0.0.1'])]);
    const url = await startServer(identity);
    await expect(get(url, { ca: identity.cert })).resolves.toEqual({});
    await expect(get(url, { ca: other.cert })).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await expect(get(url.replace('127.0.0.1', 'localhost'), { ca: identity.cert })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('name a client to a server that asks for its certificate, with a URI where wanted', async () => {
    const authority = await createCertificateAuthority('test authority');
    const identity = await authority.issueServer({ hosts: ['127.0.0.1'] });
    const url = await startServer(identity, authority.cert);
    const ca = authority.cert;
    const plain = await authority.issueClient({ commonName: 'app' });
    await expect(get(url, { ca, ...plain })).resolves.toEqual({ commonName: 'app' });
    const spiffe = await authority.issueClient({ commonName: 'app', uri: 'spiffe://example.org/app' });
    await expect(get(url, { ca, ...spiffe })).resolves.toEqual({
      commonName: 'app',
      names: 'URI:spiffe://example.org/app',
    });
    await expect(get(url, { ca })).rejects.toThrow();
  });
});
