import { describe, expect, it } from 'vitest';
import { createAzureAuthenticator } from '../../../../lib/auth/azure.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';
import { FakeClock } from '../fake-clock.ts';

/** Logs in on a machine whose metadata service answers this. @returns what was asked of it, and a first and a second request */
async function logIn(answer: string, clientId?: string) {
  const asked: unknown[] = [];
  await using server = await serveOnLoopback(({ url, headers }, response) => {
    asked.push([url, headers.metadata]);
    response.end(answer);
  });
  const clock = new FakeClock();
  const authenticator = createAzureAuthenticator({
    ...{ account: 'acme', login: 'host/app', serviceId: 'prod', clientId },
    ...{ metadataUrl: new URL(server.url), clock, nameOf: String },
  });
  const deadline = new Deadline(clock, 10_000);
  const first = await authenticator.prepare(0, deadline).catch((error: unknown) => error);
  return { asked, first, second: await authenticator.prepare(1, deadline), advice: authenticator.advice };
}

const PATH = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F';

describe('a token of Azure', () => {
  it.each([
    ['the machine', undefined, PATH],
    ['an identity of its user’s', 'a b', `${PATH}&client_id=a%20b`],
  ])('is asked for once, for %s; after a refusal there is no other', async (_, clientId, path) => {
    const { asked, first, second } = await logIn('{"access_token":"head.body.signature"}', clientId);
    expect(first).toMatchObject({
      path: '/authn-azure/prod/acme/host%2Fapp/authenticate',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'jwt=head.body.signature',
    });
    expect([asked, second]).toEqual([[[path, 'true']], undefined]);
  });

  it.each(['sesame', 'null', '{}', '{"access_token":7}', '["a.b.c"]'])('is none in the answer %s', async (answer) => {
    const { first } = await logIn(answer);
    expect(first).toMatchObject({
      code: 'upstream_error',
      message: expect.stringMatching(/^Azure's metadata service .* is no token\. /),
    });
    expect(String(first)).not.toContain('sesame');
  });
});

it('the metadata service is where Azure has it, unless another place is named', async () => {
  const clock = new FakeClock();
  const authenticator = createAzureAuthenticator({
    ...{ account: 'acme', login: 'host/app', serviceId: 'prod', clientId: undefined, metadataUrl: undefined },
    ...{ clock, nameOf: String },
  });
  // No time is left to ask it.
  await expect(authenticator.prepare(0, new Deadline(clock, 0))).rejects.toThrow(
    "Azure's metadata service (http://169.254.169.254) did not answer",
  );
});
