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
    [{ status: 422 }, 'unprocessable'],
  ])('is not there after %j: %s', async (answer, code) => {
    await expect(create(answer)).rejects.toMatchObject({ code });
  });

  it.each([
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

function broken(): never {
  throw new Error('the connection broke');
}
