import { expect, it } from 'vitest';
import { createLdapAuthenticator } from '../../../../lib/auth/ldap.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

it('a user of a directory sends its password as the body, once', async () => {
  const authenticator = createLdapAuthenticator({
    ...{ account: 'acme', login: 'alice', serviceId: 'work', password: Secret.of('sesame'), nameOf: String },
  });
  const deadline = new Deadline(new FakeClock(), 10_000);
  expect(await authenticator.prepare(0, deadline)).toMatchObject({
    path: '/authn-ldap/work/acme/alice/authenticate',
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('sesame'),
  });
  expect(await authenticator.prepare(1, deadline)).toBeUndefined();
  expect(authenticator.advice).not.toContain('sesame');
});
