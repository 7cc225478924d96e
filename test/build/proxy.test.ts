import { afterEach, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { startHttpProxy } from '../integration/lib/http/start-http-proxy.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { loadBundle } from '../support/load-bundle.ts';

const HOST = 'conjur.invalid';
let conjur: LocalConjur | undefined;

afterEach(() => conjur?.close());

it('the bundle has what it takes to reach Conjur by TLS through an http proxy', async () => {
  const authority = await createCertificateAuthority('local CA');
  conjur = await createLocalConjur({ tls: await authority.issueServer({ hosts: [HOST] }) });
  const proxy = await startHttpProxy({ [`${HOST}:443`]: Number(new URL(conjur.url).port) });

  const { handler } = await loadBundle('read-secret', {
    CYBERARK_API_BASE: `https://${HOST}`,
    CYBERARK_API_KEY: conjur.adminApiKey,
    CYBERARK_CA_CERT: authority.cert,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
  });

  expect(await handler({ health: true })).toMatchObject({ ok: true, login: 'admin' });
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
});
