import { expect, it } from 'vitest';
import { type Answer, mockConjur, NOT_FOUND } from '../mock-conjur.ts';

it.each<[Answer, boolean]>([
  [{ status: 204 }, true],
  [{ status: 404, body: NOT_FOUND }, false],
  [{ status: 404, body: Buffer.alloc(0) }, false],
])('takes %j for %s', async (answer, expected) => {
  const { conjur, seen } = mockConjur(() => answer);
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

it.each([
  ['host:a', 'default:host:a'],
  ['acme:host:a', 'acme:host:a'],
  ['acme:host:a:b', 'acme:host:a:b'],
])('asks for the role %s as %s', async (role, full) => {
  const { conjur, seen } = mockConjur(() => ({ status: 204 }));
  await conjur.isPermitted('app', 'read', { role });
  expect(new URL(seen[0]?.path ?? '', 'http://x').searchParams.get('role')).toBe(full);
});

it.each<[Answer, string]>([
  [{ status: 403 }, 'forbidden'],
  [{ status: 404, body: 'sesame' }, 'upstream_error'],
  [{ status: 200 }, 'upstream_error'],
])('does not take %j for an answer', async (answer, code) => {
  const { conjur } = mockConjur(() => answer);
  await expect(conjur.isPermitted('app/token', 'execute')).rejects.toMatchObject({ code });
});
