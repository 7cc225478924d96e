import { expect, it } from 'vitest';
import { createGcpAuthenticator } from '../../../../lib/auth/gcp.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';
import { FakeClock } from '../fake-clock.ts';

it('a token of Google Cloud is asked for once, made out for the host; after a refusal there is no other', async () => {
  const asked: unknown[] = [];
  await using server = await serveOnLoopback(({ url, headers }, response) => {
    asked.push([url, headers['metadata-flavor']]);
    response.end('head.body.signature');
  });
  const clock = new FakeClock();
  const authenticator = createGcpAuthenticator({
    ...{ account: 'acme', login: 'host/app', metadataUrl: new URL(server.url), clock, nameOf: String },
  });
  const deadline = new Deadline(clock, 10_000);
  expect(await authenticator.prepare(0, deadline)).toMatchObject({
    ...{ path: '/authn-gcp/acme/authenticate', body: 'jwt=head.body.signature' },
  });
  expect(asked).toEqual([
    [
      '/computeMetadata/v1/instance/service-accounts/default/identity?audience=conjur%2Facme%2Fhost%2Fapp&format=full',
      'Google',
    ],
  ]);
  expect(await authenticator.prepare(1, deadline)).toBeUndefined();
  expect(asked).toHaveLength(1);
});

it('the metadata service is where Google Cloud has it, unless another place is named', async () => {
  const clock = new FakeClock();
  const authenticator = createGcpAuthenticator({
    ...{ account: 'acme', login: 'host/app', metadataUrl: undefined, clock, nameOf: String },
  });
  // No time is left to ask it.
  await expect(authenticator.prepare(0, new Deadline(clock, 0))).rejects.toThrow(
    "Google Cloud's metadata service (http://metadata.google.internal) did not answer",
  );
});
