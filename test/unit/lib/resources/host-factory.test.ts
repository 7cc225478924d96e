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
