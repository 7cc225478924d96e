import { expect, it } from 'vitest';
import { createIamAuthenticator } from '../../../../lib/auth/iam.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../fake-clock.ts';

it('each attempt of a login by an AWS role has a signature of its own; after a refusal there is no other', async () => {
  let signatures = 0;
  const authenticator = createIamAuthenticator({
    ...{ account: 'acme', login: 'host/123456789012/role', serviceId: 'prod', nameOf: String },
    sign: async () => ({ authorization: `signature ${++signatures}` }),
  });
  const deadline = new Deadline(new FakeClock(), 10_000);
  const request = await authenticator.prepare(0, deadline);
  expect(request).toMatchObject({
    path: '/authn-iam/prod/acme/host%2F123456789012%2Frole/authenticate',
    headers: { 'content-type': 'application/json' },
  });
  expect([await request?.freshParts?.(), await request?.freshParts?.()]).toEqual([
    { body: '{"authorization":"signature 1"}' },
    { body: '{"authorization":"signature 2"}' },
  ]);
  expect(await authenticator.prepare(1, deadline)).toBeUndefined();
});
