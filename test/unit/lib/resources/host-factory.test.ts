import { describe, expect, it } from 'vitest';
import { type Answer, mockConjur, NOT_FOUND } from '../mock-conjur.ts';

const PAGE = '<html><body>sesame</body></html>';

describe('a host by a factory', () => {
  const create = (answer: Answer) => mockConjur(() => answer).conjur.createHost('token', 'app/one');

  it.each<[Answer, string]>([
    [{ status: 401 }, 'authentication_failed'],
    [{ status: 401, body: PAGE }, 'upstream_error'],
    [{ status: 200, body: '{"id":"acme:host:app/one"}' }, 'upstream_error'],
    [{ status: 201, body: '{"id":1}' }, 'upstream_error'],
    [{ status: 201, body: '{}' }, 'upstream_error'],
    [{ status: 422 }, 'unprocessable'],
  ])('is not there after %j: %s', async (answer, code) => {
    await expect(create(answer)).rejects.toMatchObject({ code });
  });

  it('is not made by a token that Conjur refuses', async () => {
    await expect(create({ status: 401 })).rejects.toThrow("Conjur refused the host factory's token (401)");
  });

  it('has the annotations that are asked for', async () => {
    const { conjur, seen } = mockConjur(() => ({ status: 201, body: '{"id":"acme:host:app/one"}' }));
    await conjur.createHost('token', 'app/one', { annotations: { site: 'a&b' } });
    expect(seen[0]?.headers).toMatchObject({
      ...{ 'content-type': 'application/x-www-form-urlencoded', authorization: 'Token token="token"' },
    });
    expect([...new URLSearchParams(seen[0]?.body)]).toEqual([
      ['id', 'app/one'],
      ['annotations[site]', 'a&b'],
    ]);
  });

  it.each([
    ['{"id":"acme:host:app/one","api_key":null}', undefined],
    ['{"id":"acme:host:app/one","api_key":"key"}', 'key'],
    ['{"id":"acme:host:app/one","api_key":""}', undefined],
    ['{"id":"acme:host:app/one"}', undefined],
  ])('has the key that Conjur gives it: %s', async (body, key) => {
    const { id, apiKey } = await create({ status: 201, body });
    expect([id, apiKey?.expose()]).toEqual(['acme:host:app/one', key]);
  });
});

it.each<[Answer, unknown]>([
  [{ status: 204 }, true],
  [{ status: 404, body: NOT_FOUND }, false],
  [{ status: 200 }, 'upstream_error'],
  [{ status: 404, body: PAGE }, 'upstream_error'],
])('a token is revoked, or was before: %j, %s', async (answer, outcome) => {
  const { conjur } = mockConjur(() => answer);
  const end = await conjur.revokeHostFactoryToken('token').catch((error: { code: string }) => error.code);
  expect(end).toBe(outcome);
});

describe('tokens of a host factory', () => {
  const options = { expiresAt: new Date('2026-03-02T01:02:03.456Z'), cidrs: ['10.0.0.0/8', '::/0'], count: 2 };

  it('are asked for by a form, and come with their ends', async () => {
    const body = '[{"token":"one","expiration":"2026-03-02T01:02:03Z"},{"token":"two","expiration":1}]';
    const { conjur, seen } = mockConjur(() => ({ status: 200, body }));
    const tokens = await conjur.createHostFactoryTokens('app/factory', options);
    expect(tokens.map(({ token, expiresAt }) => [token.expose(), expiresAt])).toEqual([
      ['one', '2026-03-02T01:02:03Z'],
      ['two', undefined],
    ]);
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
    expect([...new URLSearchParams(seen[0]?.body)]).toEqual([
      ['host_factory', 'default:host_factory:app/factory'],
      ['expiration', '2026-03-02T01:02:03Z'],
      ['count', '2'],
      ['cidr[]', '10.0.0.0/8'],
      ['cidr[]', '::/0'],
    ]);
  });

  it.each<[Answer, string, string]>([
    [{ status: 404 }, 'forbidden', 'There is no host factory "app/factory"'],
    [{ status: 403 }, 'forbidden', 'Have the privilege granted'],
    [{ status: 200, body: '{}' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[7]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[null,null]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[{"token":7},{"token":7}]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[{"token":""},{"token":""}]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[{"token":""}]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 200, body: '[{"token":7}]' }, 'upstream_error', 'It is not known whether'],
    [{ status: 201, body: '[{"token":"one"}]' }, 'upstream_error', 'It is not known whether'],
  ])('are not had from the answer %j: %s, %s', async (answer, code, words) => {
    const { conjur } = mockConjur(() => answer);
    const message = expect.stringContaining(words);
    await expect(conjur.createHostFactoryTokens('app/factory', options)).rejects.toMatchObject({ code, message });
  });
});

it('one token is made where nobody says how many', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 500 }));
  const expiresAt = new Date('2026-03-02T00:00:00Z');
  await conjur.createHostFactoryTokens('app/factory', { expiresAt }).catch(() => undefined);
  expect(new URLSearchParams(seen[0]?.body).get('count')).toBe('1');
});

describe('a creation of which the answer is lost', () => {
  const expiresAt = new Date('2026-03-02T12:00:00Z');

  it.each<[string, () => Answer]>([
    ['by the network', () => broken()],
    ['by a gateway (502)', () => ({ status: 502 })],
    ['by a gateway (504)', () => ({ status: 504, body: PAGE })],
    ['by something that answers another success', () => ({ status: 202 })],
    ['by something that answers a page', () => ({ status: 201, body: PAGE })],
    ['by something that answers another page', () => ({ status: 200, body: PAGE })],
    ['to an unknown coding', () => ({ status: 201, headers: { 'content-encoding': 'zstd' }, body: 'x' })],
  ])('%s says so, and is sent once', async (_, answer) => {
    const { conjur, seen } = mockConjur(answer);
    await expect(conjur.createHost('token', 'app/one')).rejects.toThrow(/It is not known whether/);
    await expect(conjur.createHostFactoryTokens('app/factory', { expiresAt })).rejects.toThrow(
      /It is not known whether/,
    );
    expect(seen).toHaveLength(2);
  });

  it.each([300, 401, 403, 422, 500])('is none after %i', async (status) => {
    const { conjur } = mockConjur(() => ({ status }));
    for (const creation of [
      conjur.createHost('token', 'app/one'),
      conjur.createHostFactoryTokens('app/factory', { expiresAt }),
    ])
      expect(String(await creation.catch((error: unknown) => error))).not.toContain('It is not known');
  });
});

describe('an answer of a creation is believed only where', () => {
  const expiresAt = new Date('2026-03-02T12:00:00Z');

  it.each(['[]', '[{"token":"a"}]', '[{"token":"a"},{"token":"b"},{"token":"c"}]', '[{"token":"a"},{"token":"b c"}]'])(
    'it has as many tokens as were asked for: %s',
    async (body) => {
      const { conjur } = mockConjur(() => ({ status: 200, body }));
      await expect(conjur.createHostFactoryTokens('app/factory', { expiresAt, count: 2 })).rejects.toMatchObject({
        code: 'upstream_error',
        message: expect.stringContaining('not known whether'),
      });
    },
  );

  it.each(['{"id":""}', '{"id":"acme:host:app/two"}', '{"id":"acme:host:app/one","api_key":5}'])(
    'it is about this host: %s',
    async (body) => {
      const { conjur } = mockConjur(() => ({ status: 201, body }));
      await expect(conjur.createHost('token', 'app/one')).rejects.toMatchObject({
        code: 'upstream_error',
        message: expect.stringContaining('not known whether'),
      });
    },
  );
});

function broken(): never {
  throw new Error('the connection broke');
}
