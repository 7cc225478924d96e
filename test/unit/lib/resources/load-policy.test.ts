import { describe, expect, it } from 'vitest';
import type { LoadPolicyOptions } from '../../../../lib/resources/load-policy.ts';
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

it('a role without an api key has none', async () => {
  const roles = '{"a:host:a":{"api_key":""},"a:host:b":{"api_key":null},"a:host:c":{"api_key":"key"}}';
  const { conjur } = mockConjur(() => ({ status: 201, body: `{"created_roles":${roles},"version":1}` }));
  expect([...(await conjur.loadPolicy('root', '- !host a')).createdRoles.keys()]).toEqual(['a:host:c']);
});

it('a lock that others held all the time changed nothing', async () => {
  const { conjur } = mockConjur(() => ({ status: 409 }));
  await expect(conjur.loadPolicy('root', '- !host a')).rejects.toThrow('Nothing was changed');
});

const LOADED = '{"created_roles":{},"version":7}';

describe('a policy', () => {
  it.each<[LoadPolicyOptions, string, string]>([
    [{}, 'POST', ''],
    [{ mode: 'add', dryRun: false }, 'POST', ''],
    [{ mode: 'update' }, 'PATCH', ''],
    [{ mode: 'replace' }, 'PUT', ''],
    [{ mode: 'replace', dryRun: true }, 'PUT', '?dryRun=true'],
  ])('is sent with %j by %s', async (options, method, query) => {
    const { conjur, seen } = mockConjur(() => ({ status: 201, body: LOADED }));
    await conjur.loadPolicy('apps/one', '- !group a', options);
    expect(seen).toMatchObject([{ method, path: `/policies/default/policy/apps%2Fone${query}`, body: '- !group a' }]);
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/x-yaml' });
  });

  it('that creates roles gives the keys of those that have one', async () => {
    const created_roles = {
      'default:host:a': { id: 'default:host:a', api_key: 'sesame' },
      'default:host:b': { id: 'default:host:b' },
      'default:host:c': 'none',
    };
    const { conjur } = mockConjur(() => ({ status: 201, body: JSON.stringify({ created_roles, version: 7 }) }));
    const { version, createdRoles } = await conjur.loadPolicy('root', '');
    expect([version, [...createdRoles].map(([id, key]) => [id, key.expose()])]).toEqual([
      7,
      [['default:host:a', 'sesame']],
    ]);
  });

  it.each<[Answer, number | undefined]>([
    [{ status: 200, body: '{"status":"Valid YAML"}' }, undefined],
    // A server that knows no dry runs.
    [{ status: 201, body: LOADED }, 7],
  ])('that is only tried is answered with %j', async (answer, version) => {
    const { conjur } = mockConjur(() => answer);
    expect(await conjur.loadPolicy('root', '', { dryRun: true })).toMatchObject({ version, createdRoles: new Map() });
  });

  it('waits for another load that holds the lock', async () => {
    const answers: Answer[] = [{ status: 409 }, { status: 201, body: LOADED }];
    const { conjur, seen } = mockConjur(() => answers.shift() ?? { status: 500 });
    expect(await conjur.loadPolicy('root', '')).toMatchObject({ version: 7 });
    expect(seen).toHaveLength(2);
  });

  it.each<[Answer, string, string]>([
    [{ status: 403 }, 'forbidden', 'may not load policy into the branch "root"'],
    [{ status: 404 }, 'forbidden', 'may not load policy into the branch "root"'],
    [{ status: 404, body: 'sesame' }, 'upstream_error', "a 404 that is not one of Conjur's"],
    [{ status: 403, body: '<html></html>' }, 'upstream_error', 'is a web page'],
    [{ status: 409 }, 'policy_conflict', 'Another policy load'],
    [{ status: 300 }, 'upstream_error', 'A redirect (300)'],
    [{ status: 200, body: LOADED }, 'upstream_error', 'It is not known whether anything was changed'],
    [{ status: 201, body: '{"created_roles":{}}' }, 'upstream_error', 'It is not known whether anything was changed'],
    [{ status: 201, body: '{"version":7}' }, 'upstream_error', 'It is not known whether anything was changed'],
    [{ status: 201, body: 'sesame' }, 'upstream_error', 'It is not known whether anything was changed'],
  ])('that is answered with %j fails: %s, %s', async (answer, code, words) => {
    const { conjur } = mockConjur(() => answer, { CYBERARK_MAX_ATTEMPTS: '1' });
    const message = expect.stringContaining(words);
    await expect(conjur.loadPolicy('root', '')).rejects.toMatchObject({ code, message });
  });
});

function broken(): never {
  throw new Error('the connection broke');
}
