import { describe, expect, it } from 'vitest';
import { createOidcAuthenticator } from '../../../../lib/auth/oidc.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

/** @param idTokens what a function gives, one after the other */
function prepareWith(idTokens: readonly string[] | Secret) {
  const left = idTokens instanceof Secret ? [] : [...idTokens];
  const idToken = idTokens instanceof Secret ? idTokens : async () => left.shift() ?? '';
  const authenticator = createOidcAuthenticator({ account: 'acme', serviceId: 'id', idToken, nameOf: String });
  const deadline = new Deadline(new FakeClock(), 10_000);
  return async (refusals: number) => (await authenticator.prepare(refusals, deadline))?.body;
}

describe('an id token', () => {
  it('that was given once and for all is sent once', async () => {
    const prepare = prepareWith(Secret.of('a+b'));
    expect([await prepare(0), await prepare(1)]).toEqual(['id_token=a%2Bb', undefined]);
  });

  it('that was refused is followed by another one, and by no third', async () => {
    const prepare = prepareWith(['one', 'two', 'three']);
    expect([await prepare(0), await prepare(1), await prepare(2)]).toEqual(['id_token=one', 'id_token=two', undefined]);
  });

  it('that was refused is not sent again where the next is the same', async () => {
    const prepare = prepareWith(['one', 'one']);
    expect([await prepare(0), await prepare(1)]).toEqual(['id_token=one', undefined]);
  });

  it('that was taken is sent at the next login too', async () => {
    const prepare = prepareWith(['one', 'one']);
    expect([await prepare(0), await prepare(0)]).toEqual(['id_token=one', 'id_token=one']);
  });
});
