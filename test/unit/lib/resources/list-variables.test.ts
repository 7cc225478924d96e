import { describe, expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

/** A Conjur with so many variables, which pages as a real one does: never more than 1000 at once. */
function conjurWith(count: number) {
  return mockConjur(({ path }) => {
    const query = new URL(path, 'http://x').searchParams;
    const [offset, limit] = [Number(query.get('offset')), Math.min(1_000, Number(query.get('limit')))];
    const ids = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => offset + i);
    const list = ids.map((i) => ({
      id: `default:variable:v/${i}`,
      owner: 'default:policy:root',
      secrets: [{ version: 1 }, { version: 3 }],
      annotations: [{ name: 'note', value: `n${i}`, policy: 'default:policy:root' }],
      created_at: '2026-03-01T00:00:00.000+00:00',
    }));
    return { status: 200, body: JSON.stringify(list) };
  });
}

async function walk(count: number, limit: number | undefined) {
  const { conjur, seen } = conjurWith(count);
  const names: string[] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const page = await conjur.listVariables({ limit, offset });
    names.push(...page.variables.map(({ name }) => name));
    offset = page.nextOffset;
  }
  return { names, requests: seen.length };
}

describe('listing variables', () => {
  it.each([
    [0, 100, 1],
    [100, 100, 1],
    [101, 100, 2],
    [250, 100, 3],
    [1_000, 1_000, 2],
    [2_500, 1_000, 3],
    [3, 1, 3],
  ])('walks through %i of them by pages of %i in %i requests', async (count, limit, requests) => {
    const walked = await walk(count, limit);
    expect(walked.names).toEqual(Array.from({ length: count }, (_, i) => `v/${i}`));
    expect(walked.requests).toBe(requests);
  });

  it('gives the last version, the annotations and the owner, and no values', async () => {
    const { variables } = await conjurWith(1).conjur.listVariables();
    expect(variables).toEqual([
      {
        name: 'v/0',
        version: 3,
        owner: 'default:policy:root',
        annotations: { note: 'n0' },
        createdAt: '2026-03-01T00:00:00.000+00:00',
      },
    ]);
  });

  it.each([
    [undefined, '101'],
    [1, '2'],
    [999, '1000'],
    [1_000, '1000'],
  ])('asks for one more than %s, and for no more than Conjur gives: %s', async (limit, asked) => {
    const { conjur, seen } = conjurWith(0);
    await conjur.listVariables({ limit, search: '' });
    expect(seen.map(({ path }) => path)).toEqual([`/resources/default/variable?limit=${asked}&offset=0`]);
  });

  it('takes what Conjur does not say, or not in its own way, for nothing', async () => {
    const resources = [
      {
        id: 'default:variable:a',
        owner: 7,
        secrets: [],
        annotations: [null, { name: 'a' }, { value: 'b' }],
        created_at: 8,
      },
      { id: 'default:variable:b\nc', secrets: [null, { version: 'x' }, { version: 2 }, {}], annotations: {} },
    ];
    const { conjur } = mockConjur(() => ({ status: 200, body: JSON.stringify(resources) }));
    const nothing = { version: undefined, owner: '', annotations: {}, createdAt: undefined };
    expect((await conjur.listVariables()).variables).toEqual([
      { ...nothing, name: 'a' },
      { ...nothing, name: 'b\nc', version: 2 },
    ]);
  });

  it('passes a search on', async () => {
    const { conjur, seen } = conjurWith(0);
    await conjur.listVariables({ search: 'db & co' });
    expect(new URL(seen[0]?.path ?? '', 'http://x').searchParams.get('search')).toBe('db & co');
  });

  it.each([{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { offset: -1 }, { offset: Number.NaN }])(
    'refuses %j before anything is sent',
    async (options) => {
      const { conjur, seen } = conjurWith(1);
      await expect(conjur.listVariables(options)).rejects.toMatchObject({ code: 'invalid_request' });
      expect(seen).toEqual([]);
    },
  );

  it.each([
    ['a page of a proxy', '<html></html>'],
    ['an object', '{}'],
    ['a list of something else', '[1]'],
    ['a list of nothing', '[null]'],
    ['a list of other resources', '[{"id":"default:host:a:variable:b"}]'],
    ['a list of numbers', '[{"id":7}]'],
  ])('takes %s for no answer of Conjur’s', async (_, body) => {
    const { conjur } = mockConjur(() => ({ status: 200, body }));
    await expect(conjur.listVariables()).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('takes another success for none', async () => {
    const { conjur } = mockConjur(() => ({ status: 201, body: '[]' }));
    await expect(conjur.listVariables()).rejects.toMatchObject({ code: 'upstream_error' });
  });
});

it('the latest of more versions than a call takes arguments is found', async () => {
  const secrets = Array.from({ length: 200_000 }, (_, index) => ({ version: index + 1 }));
  const { conjur } = mockConjur(() => ({ status: 200, body: JSON.stringify({ id: 'default:variable:a', secrets }) }));
  expect((await conjur.showVariable('a'))?.version).toBe(200_000);
});
