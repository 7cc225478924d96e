import { describe, expect, it } from 'vitest';
import { type Answer, mockConjur } from '../mock-conjur.ts';

const saying = (message: unknown): string => JSON.stringify({ error: { code: 'policy_invalid', message } });

it.each([
  ['what Conjur says', saying('line 3 is wrong'), /: line 3 is wrong$/],
  ['no more than the beginning of it', saying('x'.repeat(501)), /: x{500}$/],
  [
    'what to look at where it says nothing',
    saying(undefined),
    /: it gives no reason\. Check names, .*CYBERARK_GRANT_READ/,
  ],
  ['nor where it is no text', saying(7), /: it gives no reason\./],
  ['nor where there is no answer to read', '', /: it gives no reason\./],
])('a policy that is rejected is told with %s', async (_, body, message) => {
  const { conjur } = mockConjur(() => ({ status: 422, body }));
  await expect(conjur.loadPolicy('root', '- !group a')).rejects.toMatchObject({
    ...{ code: 'unprocessable', message: expect.stringMatching(message) },
  });
});

describe('a load of which an answer was lost', () => {
  const loaded = (roles: Record<string, unknown>): Answer => ({
    status: 201,
    body: JSON.stringify({ created_roles: roles, version: 2 }),
  });
  /** Gives these one after the other, and the last one for ever. */
  const sequence = (...answers: (() => Answer)[]) =>
    mockConjur(() => (answers.length > 1 ? answers.shift() : answers[0])?.() as Answer);

  it.each<[string, () => Answer]>([
    ['by the network', broken],
    ['by a gateway (502)', () => ({ status: 502 })],
    ['by a gateway (504)', () => ({ status: 504 })],
  ])('%s is sent again, and says that keys may be missing', async (_, lost) => {
    const { conjur, seen } = sequence(lost, () => loaded({ 'default:host:b': { api_key: 'key-of-b' } }));
    const { createdRoles, rolesMayBeMissing } = await conjur.loadPolicy('root', '- !host a\n- !host b');
    expect([...createdRoles.keys()]).toEqual(['default:host:b']);
    expect(rolesMayBeMissing).toBe(true);
    expect(seen).toHaveLength(2);
  });

  it.each([409, 429, 503])('is none after %i, which says that nothing was done', async (status) => {
    const { conjur } = sequence(
      () => ({ status }),
      () => loaded({}),
    );
    expect((await conjur.loadPolicy('root', '- !host a')).rolesMayBeMissing).toBe(false);
  });

  it.each<[string, () => Answer, string]>([
    ['without an answer', broken, 'upstream_unavailable'],
    ['with one of a gateway', () => ({ status: 504 }), 'upstream_unavailable'],
    ['by 503', () => ({ status: 503 }), 'upstream_unavailable'],
    ['by a lock, which may be its own', () => ({ status: 409, headers: { 'retry-after': '1' } }), 'policy_conflict'],
  ])('and that ends %s may have happened', async (_, end, code) => {
    const { conjur } = sequence(broken, end);
    await expect(conjur.loadPolicy('root', '- !host a')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(
        /^(?!.*Nothing was changed).*It is not known whether the policy was loaded.* api keys .* are lost\./,
      ),
    });
  });

  it('is of no weight where it was only a trial', async () => {
    const { conjur } = sequence(broken, () => ({ status: 503 }));
    const error = await conjur.loadPolicy('root', '- !host a', { dryRun: true }).catch((caught: unknown) => caught);
    expect(String(error)).not.toContain('not known');
  });
});

it('a lock that others held all the time changed nothing', async () => {
  const { conjur } = mockConjur(() => ({ status: 409 }));
  await expect(conjur.loadPolicy('root', '- !host a')).rejects.toThrow('Nothing was changed');
});

function broken(): never {
  throw new Error('the connection broke');
}
