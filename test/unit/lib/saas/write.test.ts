import { expect, it } from 'vitest';
import { KnownNames } from '../../../../lib/saas/write.ts';
import { mockConjur } from '../mock-conjur.ts';

it.each([
  [true, 1],
  [false, undefined],
])(
  'a secret that is created has its first version, which is told where it is asked for: %s',
  async (reportVersion, version) => {
    const { conjur } = mockConjur(() => ({ status: 201 }), { CYBERARK_EDITION: 'saas' });
    expect(await conjur.writeSecret('data/app/new', 'value', { reportVersion })).toEqual({
      ...{ name: 'data/app/new', created: true, changed: true, version },
    });
  },
);

it('of the names that are known the oldest is forgotten, where there are too many', () => {
  const known = new KnownNames(2);
  for (const name of ['a', 'b', 'b']) known.add(name);
  expect(['a', 'b'].map((name) => known.has(name))).toEqual([true, true]);
  known.add('c');
  expect(['a', 'b', 'c'].map((name) => known.has(name))).toEqual([false, true, true]);
});
