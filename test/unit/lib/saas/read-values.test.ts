import { describe, expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

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
