import { describe, expect, it } from 'vitest';
import { type Answer, mockConjur } from '../mock-conjur.ts';

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
