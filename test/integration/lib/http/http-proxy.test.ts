import { describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../../support/certificates.ts';
import { startClient } from '../start-client.ts';
import { startHttpProxy } from './start-http-proxy.ts';

const portOf = (url: string): number => Number(new URL(url).port);

/** No name server knows this host: it is reached through the proxy or not at all. */
const HOST = 'conjur.invalid';

describe('an http proxy', () => {
  it('takes http requests as they are', async () => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({ [HOST]: portOf(server.url) });
    const conjur = connect({
      CYBERARK_API_BASE: `http://${HOST}`,
      CYBERARK_API_KEY: server.adminApiKey,
      http_proxy: `http://127.0.0.1:${proxy.port}`,
    });
    await conjur.writeSecret('a b/c', 'value');
    expect((await conjur.readSecret('a b/c')).value.expose()).toBe('value');
    expect(proxy.asked).toContain(`GET http://${HOST}/secrets/default/variable/a%20b%2Fc`);
  });

  it('makes a tunnel for https, in which the certificate is verified', async () => {
    const authority = await createCertificateAuthority('local CA');
    const tls = await authority.issueServer({ hosts: [HOST] });
    const { server, connect } = await startClient({ tls });
    const proxy = await startHttpProxy({ [`${HOST}:443`]: portOf(server.url) }, 'user:sesame');
    const environment = {
      CYBERARK_API_BASE: `https://${HOST}`,
      CYBERARK_API_KEY: server.adminApiKey,
      HTTPS_PROXY: `http://user:sesame@127.0.0.1:${proxy.port}`,
    };
    expect((await connect({ ...environment, CYBERARK_CA_CERT: authority.cert }).whoami()).login).toBe('admin');
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    const other = await createCertificateAuthority('another CA');
    const error = await connect({ ...environment, CYBERARK_CA_CERT: other.cert })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toContain('CYBERARK_CA_CERT');
  });

  it('that refuses is told apart from a Conjur that is away, and its password is not told', async () => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({ [`${HOST}:443`]: portOf(server.url) }, 'user:other');
    const error = await connect({
      CYBERARK_API_BASE: `https://${HOST}`,
      CYBERARK_API_KEY: server.adminApiKey,
      CYBERARK_MAX_ATTEMPTS: '1',
      HTTPS_PROXY: `http://user:sesame@127.0.0.1:${proxy.port}`,
    })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
    expect((error as Error).message).toContain('HTTPS_PROXY');
    expect((error as Error).message).not.toContain('sesame');
  });

  it('is passed by for a host in NO_PROXY', async () => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({});
    const conjur = connect({
      CYBERARK_API_KEY: server.adminApiKey,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: 'internal, 127.0.0.1',
    });
    expect((await conjur.whoami()).login).toBe('admin');
    expect(proxy.asked).toEqual([]);
  });
});
