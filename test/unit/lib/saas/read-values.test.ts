import { describe, expect, it } from 'vitest';
import { type Answer, FOLLOWERS, LEADER, mockConjur, type SeenRequest } from '../mock-conjur.ts';

const SAAS = { CYBERARK_EDITION: 'saas' };

/** Reads two names from a service that answers a batch with this. */
function readFrom(body: unknown) {
  const { conjur } = mockConjur(() => ({ status: 200, body: JSON.stringify(body) }), SAAS);
  return conjur.readSecrets(['data/a', 'data/b']);
}

describe('an answer to a batch', () => {
  it.each([
    ['no list', { secrets: { id: 'data/a', value: 'value', status: 200 } }],
    ['no list at all', {}],
    ['an entry that is nothing', { secrets: [null] }],
    ['one name of two', { secrets: [{ id: 'data/a', value: 'value', status: 200 }] }],
    [
      'a value that is no text',
      {
        secrets: [
          { id: 'data/a', value: 1, status: 200 },
          { id: 'data/b', value: 'value', status: 200 },
        ],
      },
    ],
  ])('with %s is not one of the service: the call fails', async (_, body) => {
    await expect(readFrom(body)).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('tells a name that may not be read from one that is not there', async () => {
    const { items, errors } = await readFrom({
      secrets: [
        { id: 'data/b', value: '', status: 404 },
        { id: 'data/a', value: '', status: 403 },
      ],
    });
    expect(items).toEqual([]);
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual([
      ['data/a', 'forbidden'],
      ['data/b', 'secret_not_found'],
    ]);
  });
});

describe('one bad name', () => {
  const GOOD = { id: 'data/a', value: 'value', status: 200 };

  it.each<[string, Answer, string]>([
    ['was deleted meanwhile', { status: 404 }, 'secret_not_found'],
    ['may not be read any more', { status: 403 }, 'forbidden'],
    ['is answered by a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' }, 'upstream_error'],
  ])('that is no text and %s loses no other', async (_, single, code) => {
    const batch = { status: 200, body: JSON.stringify({ secrets: [GOOD, { id: 'data/b', status: 406 }] }) };
    const { conjur } = mockConjur(({ method }) => (method === 'POST' ? batch : single), SAAS);
    const { items, errors } = await conjur.readSecrets(['data/a', 'data/b']);
    expect(items.map(({ name }) => name)).toEqual(['data/a']);
    expect(errors).toMatchObject([{ name: 'data/b', error: { code } }]);
  });

  it('that is no text fails the whole call where the reason holds for every name', async () => {
    const batch = { status: 200, body: JSON.stringify({ secrets: [GOOD, { id: 'data/b', status: 406 }] }) };
    const { conjur } = mockConjur(({ method }) => (method === 'POST' ? batch : { status: 503 }), SAAS);
    await expect(conjur.readSecrets(['data/a', 'data/b'])).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('at which the service fails loses no other', async () => {
    const { items, errors } = await readFrom({ secrets: [GOOD, { id: 'data/b', value: 'canary', status: 500 }] });
    expect(items.map(({ name }) => name)).toEqual(['data/a']);
    expect(errors).toMatchObject([{ name: 'data/b', error: { code: 'upstream_error' } }]);
    expect(String(errors[0]?.error)).toContain('answered 500 for the secret "data/b"');
  });
});

it('an empty text is no value', async () => {
  const secrets = ['data/a', 'data/b'].map((id) => ({ id, value: '', status: 200 }));
  await expect(readFrom({ secrets })).rejects.toMatchObject({ code: 'upstream_error' });
});

describe('a batch', () => {
  const idsOf = ({ body }: SeenRequest): string[] => (JSON.parse(body) as { ids: string[] }).ids;
  const giveAll = (request: SeenRequest): Answer => ({
    status: 200,
    body: JSON.stringify({ secrets: idsOf(request).map((id) => ({ id, value: `of ${id}`, status: 200 })) }),
  });

  it.each([
    [1, [1]],
    [250, [250]],
    [251, [250, 1]],
    [501, [250, 250, 1]],
  ])('of %i names goes in requests of %j', async (count, sizes) => {
    const { conjur, seen } = mockConjur(giveAll, SAAS);
    const names = Array.from({ length: count }, (_, index) => `data/${index}`);
    const { items, errors } = await conjur.readSecrets(names);
    expect(items.map(({ name, value }) => [name, value.expose()])).toEqual(names.map((name) => [name, `of ${name}`]));
    expect([errors, seen.map((request) => idsOf(request).length)]).toEqual([[], sizes]);
  });

  it('asks for each name once, for none that is illegal, and in the form of what is not final', async () => {
    const { conjur, seen } = mockConjur(giveAll, SAAS);
    const { items, errors } = await conjur.readSecrets(['data/a', 'data//b', 'data/a']);
    expect(items).toMatchObject([{ name: 'data/a', contentType: undefined, version: undefined, stale: false }]);
    expect(errors).toMatchObject([{ name: 'data//b', error: { code: 'invalid_request' } }]);
    expect(seen).toMatchObject([{ method: 'POST', path: '/api/secrets/values', body: '{"ids":["data/a"]}' }]);
    expect(seen[0]?.headers).toMatchObject({
      ...{ accept: 'application/x.secretsmgr.v2beta+json', 'content-type': 'application/json' },
    });
  });

  it('that a follower refuses is asked of the leader', async () => {
    const { conjur, seen } = mockConjur((request) => (request.origin === LEADER ? giveAll(request) : { status: 403 }), {
      ...SAAS,
      CYBERARK_READ_API_BASE: FOLLOWERS[0],
    });
    expect((await conjur.readSecrets(['data/a'])).items).toHaveLength(1);
    expect(seen.map(({ origin }) => origin)).toEqual([FOLLOWERS[0], LEADER]);
  });

  it('is asked for again while the service is away', async () => {
    const { conjur, seen } = mockConjur(() => ({ status: 503 }), { ...SAAS, CYBERARK_MAX_ATTEMPTS: '2' });
    await expect(conjur.readSecrets(['data/a'])).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(seen).toHaveLength(2);
  });

  it.each([
    [403, 'forbidden'],
    [201, 'upstream_error'],
  ])('that is answered with %i fails as a whole: %s', async (status, code) => {
    const { conjur } = mockConjur((request) => ({ ...giveAll(request), status }), SAAS);
    await expect(conjur.readSecrets(['data/a'])).rejects.toMatchObject({ code });
  });
});
