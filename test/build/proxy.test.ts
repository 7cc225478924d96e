import { afterEach, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { startHttpProxy } from '../integration/lib/http/start-http-proxy.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { loadBundle } from '../support/load-bundle.ts';

const HOST = 'conjur.invalid';
let conjur: LocalConjur | undefined;

afterEach(async () => {
  await conjur?.close();
  conjur = undefined;
});

it.each(['http', 'https'])(
  'the bundle has what it takes to reach Conjur by TLS through an %s proxy',
  async (scheme) => {
    const authority = await createCertificateAuthority('local CA');
    conjur = await createLocalConjur({ tls: await authority.issueServer({ hosts: [HOST] }) });
    const tls = scheme === 'https' ? await authority.issueServer({ hosts: ['127.0.0.1'] }) : undefined;
    const proxy = await startHttpProxy({ [`${HOST}:443`]: Number(new URL(conjur.url).port) }, undefined, tls);

    const { handler } = await loadBundle('read-secret', {
      CYBERARK_API_BASE: `https://${HOST}`,
      CYBERARK_API_KEY: conjur.adminApiKey,
      CYBERARK_CA_CERT: authority.cert.replaceAll('\n', '\\r\\n'),
      HTTPS_PROXY: `${scheme}://127.0.0.1:${proxy.port}`,
    });

    expect(await handler({ health: true })).toMatchObject({ ok: true, login: 'admin' });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
  },
);

it('the bundle names the variable whose certificate it cannot read', async () => {
  const { handler } = await loadBundle('read-secret', {
    CYBERARK_API_BASE: `https://${HOST}`,
    CYBERARK_API_KEY: 'sesame',
    CYBERARK_CA_CERT: '-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----',
  });

  await expect(handler({ health: true })).rejects.toMatchObject({
    name: 'ConfigInvalid',
    message: expect.stringContaining('CYBERARK_CA_CERT holds a certificate that cannot be read'),
  });
});
