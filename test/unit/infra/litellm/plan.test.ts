import { expect, it } from 'vitest';
import { planMigration } from '../../../../infra/litellm/migrate/plan.ts';

const plan = (...names: string[]) => planMigration(names, 'litellm/');

it('lets names stay that are the same with the plug-in', () => {
  const names = ['litellm/a', 'litellm/team/a b', 'litellm/my..key', `litellm/virtual-key-${'0'.repeat(64)}`];
  expect(plan(...names)).toEqual(names.map((from) => ({ step: 'stays', from })));
});

it.each([
  ['litellm/a//b', 'litellm/a/b'],
  ['litellm//x', 'litellm/x'],
  ['litellm/x/', 'litellm/x'],
  ['litellm/./a///b/.', 'litellm/a/b'],
])('moves %s to %s', (from, to) => {
  expect(plan(from)).toEqual([{ step: 'moves', from, to, isTaken: false }]);
});

it('says where the new name is taken', () => {
  expect(plan('litellm/x', 'litellm/x/')).toEqual([
    { step: 'stays', from: 'litellm/x' },
    { step: 'moves', from: 'litellm/x/', to: 'litellm/x', isTaken: true },
  ]);
});

it('blocks two that would get one name, and those of which no name comes', () => {
  expect(plan('litellm//x', 'litellm/x/', 'litellm//', `litellm/${'x'.repeat(3_000)}`)).toEqual([
    { step: 'blocked', from: 'litellm//x', reason: '"litellm/x/" would get the same name' },
    { step: 'blocked', from: 'litellm/x/', reason: '"litellm//x" would get the same name' },
    { step: 'blocked', from: 'litellm//', reason: expect.stringContaining('no name') },
    { step: 'blocked', from: expect.stringMatching(/x{3000}/), reason: expect.stringContaining('no name') },
  ]);
});
