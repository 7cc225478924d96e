import { expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

it.each([
  [204, true],
  [404, false],
])('answers %i as %s', async (status, expected) => {
  const { conjur, seen } = mockConjur(() => ({ status }));
  expect(await conjur.isPermitted('app/token', 'execute')).toBe(expected);
  expect(seen[0]?.path).toBe('/resources/default/variable/app%2Ftoken?check=true&privilege=execute');
});

it('asks for another role, and for another kind of resource', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 204 }));
  await conjur.isPermitted('app', 'create', { kind: 'policy', role: 'host:app/one' });
  expect(seen[0]?.path).toBe(
    '/resources/default/policy/app?check=true&privilege=create&role=default%3Ahost%3Aapp%2Fone',
  );
});

it('does not take a refusal for an answer', async () => {
  const { conjur } = mockConjur(() => ({ status: 403 }));
  await expect(conjur.isPermitted('app/token', 'execute')).rejects.toMatchObject({ code: 'forbidden' });
});
