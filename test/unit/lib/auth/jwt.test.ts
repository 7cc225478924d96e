import { describe, expect, it } from 'vitest';
import { createJwtAuthenticator, createJwtFile, createJwtSource, type JwtSource } from '../../../../lib/auth/jwt.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);

function inTurn(...tokens: string[]): JwtSource {
  return createJwtSource(async () => tokens.shift() ?? '', 'auth.jwt');
}

function create(source: JwtSource, login?: string) {
  return createJwtAuthenticator({ account: 'acme', serviceId: 'ci', login, source, nameOf: String });
}

describe('a JSON web token', () => {
  it.each([
    [undefined, '/authn-jwt/ci/acme/authenticate'],
    ['host/app', '/authn-jwt/ci/acme/host%2Fapp/authenticate'],
  ])('of %s is sent as a form', async (login, path) => {
    const { kind, prepare, advice } = create(createJwtSource(Secret.of('a+b'), 'auth.jwt'), login);
    expect(await prepare(0, deadline)).toMatchObject({ path, body: 'jwt=a%2Bb' });
    expect([kind, advice.includes('(auth.login)')]).toEqual(['jwt', login !== undefined]);
  });

  it.each([
    ['the same', ['one', 'one'], [0, 1], ['jwt=one', undefined]],
    ['another', ['one', 'two', 'three'], [0, 1, 2], ['jwt=one', 'jwt=two', undefined]],
    ['the same, at the next login', ['one', 'one'], [0, 0], ['jwt=one', 'jwt=one']],
  ])('is followed by %s', async (_, tokens, refusals, bodies) => {
    const { prepare } = create(inTurn(...tokens));
    const sent: unknown[] = [];
    for (const refusal of refusals) sent.push((await prepare(refusal, deadline))?.body);
    expect(sent).toEqual(bodies);
  });

  it('that cannot be read from its file is told with the path and the option', async () => {
    const cause = new Error('ENOENT');
    const { prepare } = create(createJwtFile('/token', 'auth.jwtFile', () => Promise.reject(cause)));
    await expect(prepare(0, deadline)).rejects.toMatchObject({
      code: 'authentication_failed',
      message: expect.stringContaining('the file /token (auth.jwtFile)'),
      cause,
    });
  });
});
