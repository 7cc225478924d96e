import { describe, expect, it } from 'vitest';
import type { AuthOptions, TokenProvider } from '../../../../lib/auth/auth-options.ts';
import { createJwtAuthenticator, createJwtFile, createJwtSource, type JwtSource } from '../../../../lib/auth/jwt.ts';
import { createConjurClient } from '../../../../lib/client.ts';
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

const AUTH: readonly ((give: TokenProvider) => [option: string, auth: AuthOptions])[] = [
  (give) => ['auth.jwt', { type: 'jwt', serviceId: 'ci', jwt: give }],
  (give) => ['auth.idToken', { type: 'oidc', serviceId: 'ci', idToken: give }],
];

describe.each(AUTH)('a function of the program that gives tokens (%#)', (toAuth) => {
  const logIn = (give: TokenProvider) => {
    const [option, auth] = toAuth(give);
    const client = createConjurClient({ baseUrl: 'http://conjur.test', auth });
    return { option, error: client.authenticate().catch((caught: unknown) => caught) };
  };

  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new RangeError('sesame'))],
    [
      'throws',
      () => {
        throw new RangeError('sesame');
      },
    ],
  ])('and %s fails the login, with its error as the cause and not in the message', async (_, give) => {
    const { option, error } = logIn(give as TokenProvider);
    expect(await error).toMatchObject({
      code: 'authentication_failed',
      message: `The function in ${option}, which gives tokens, failed (RangeError).`,
      cause: new RangeError('sesame'),
    });
  });

  it('may give bytes, as they were read', async () => {
    const source = createJwtSource(async () => Buffer.from('a.b.c') as never, 'auth.jwt');
    expect((await source.read()).expose()).toBe('a.b.c');
  });

  it.each([undefined, null, '', 1234, { value: '1234' }])('and gives %j gives no token', async (value) => {
    const { option, error } = logIn(async () => value as never);
    expect(await error).toMatchObject({
      code: 'authentication_failed',
      message: `The function in ${option} gave no token: neither a Secret nor a text.`,
    });
  });
});
