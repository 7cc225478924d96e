import { describe, expect, it } from 'vitest';
import { createCertAuthenticator } from '../../../../lib/auth/cert.ts';
import { createStaticCredential } from '../../../../lib/auth/credential.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const source = createStaticCredential({ login: 'host/app', apiKey: Secret.of('sesame') }, 'auth.apiKey');
const plain = { serviceId: undefined, login: undefined, source: undefined };
const create = (options: Partial<Parameters<typeof createCertAuthenticator>[0]>) =>
  createCertAuthenticator({ account: 'acme', nameOf: String, ...plain, ...options });

describe('a login by certificate', () => {
  it.each([
    [
      'by a service',
      { serviceId: 'mesh', login: 'host/app' },
      '/authn-cert/mesh/acme/host%2Fapp/authenticate',
      undefined,
    ],
    [
      'by a service, as whom the certificate names',
      { serviceId: 'mesh' },
      '/authn-cert/mesh/acme/authenticate',
      undefined,
    ],
    ['in front of Conjur', { login: 'alice' }, '/authn/acme/alice/authenticate', ''],
    ['in front of Conjur, as whom nobody names', {}, '/authn/acme/admin/authenticate', ''],
    ['in front of Conjur, with an api key', { source }, '/authn/acme/host%2Fapp/authenticate', 'sesame'],
  ])('%s is sent once', async (_, options, path, body) => {
    const authenticator = create(options);
    const request = await authenticator.prepare(0, deadline);
    expect([authenticator.kind, request?.path, request?.body?.toString()]).toEqual(['cert', path, body]);
    if (body !== undefined) expect(request?.headers).toEqual({ 'content-type': 'text/plain' });
    expect(await authenticator.prepare(1, deadline)).toBeUndefined();
  });

  it('that is refused says where to look for an api key, or that one may be wanted', () => {
    expect(create({}).advice).toContain('set auth.apiKey');
    expect(create({ source }).advice).toContain('the api key in auth.apiKey');
    expect(create({ serviceId: 'mesh' }).advice).toContain('authn-cert/mesh is enabled');
  });
});
