import { describe, expect, it } from 'vitest';
import { KnownNames } from '../../../../lib/saas/write.ts';
import { type Answer, mockConjur, type SeenRequest } from '../mock-conjur.ts';

const SAAS = { CYBERARK_EDITION: 'saas' };

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

it('among many, each new one is made, and what exists, is illegal or cannot be made loses no other', async () => {
  let isDefined = false;
  const { conjur, seen } = mockConjur(({ path, body }) => {
    if (path.endsWith('/static')) return { status: (JSON.parse(body) as { name: string }).name === 'old' ? 409 : 201 };
    if (!path.includes('/policies/')) return { status: isDefined || path.includes('old') ? 201 : 404 };
    isDefined = true;
    return { status: 201, body: '{"created_roles":{},"version":1}' };
  }, SAAS);
  const secrets = ['data/new', 'data/old', 'data//bad', 'data/a name', 'data/newer'].map((name) => ({
    name,
    value: 'x',
  }));
  const { items, errors } = await conjur.writeSecrets(secrets, { reportVersion: false });
  expect(items.map(({ name, created }) => [name, created])).toEqual([
    ['data/new', true],
    ['data/old', false],
    ['data/a name', true],
    ['data/newer', true],
  ]);
  expect(errors).toMatchObject([{ name: 'data//bad', error: { code: 'invalid_request' } }]);
  seen.length = 0;
  await conjur.writeSecrets(secrets, { reportVersion: false });
  // All are known now: each value goes to its variable at once.
  expect(seen.map(({ path }) => path.split('/variable/')[1])).toEqual([
    ...['data%2Fnew', 'data%2Fold', 'data%2Fa%20name', 'data%2Fnewer'],
  ]);
});

it('the next version of a secret that was created is a change, and the same one is none', async () => {
  let version = 1;
  const { conjur } = mockConjur(
    ({ method }) =>
      method === 'GET'
        ? { status: 200, body: JSON.stringify({ id: 'conjur:variable:data/new', secrets: [{ version }] }) }
        : { status: 201 },
    SAAS,
  );
  await conjur.writeSecret('data/new', 'value');
  expect(await conjur.writeSecret('data/new', 'value')).toMatchObject({ changed: false, version: 1 });
  version = 2;
  expect(await conjur.writeSecret('data/new', 'other')).toMatchObject({ changed: true, version: 2 });
});

it('of the names that are known the oldest is forgotten, where there are too many', () => {
  const known = new KnownNames(2);
  for (const name of ['a', 'b', 'b']) known.add(name);
  expect(['a', 'b'].map((name) => known.has(name))).toEqual([true, true]);
  known.add('c');
  expect(['a', 'b', 'c'].map((name) => known.has(name))).toEqual([false, true, true]);
});

describe('a creation whose answer is lost', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  const NAME = 'data/app/new';

  /** A service that creates the variable, loses the answer, and has these versions of it when it is asked. */
  function loseCreation(versions: readonly string[]) {
    const answers: Record<string, (request: SeenRequest) => Answer> = {
      'POST /api/secrets/static': ({ path }) => {
        if (seen.filter((request) => request.path === path).length === 1) throw new Error('the connection broke');
        return versions.length === 0 ? { status: 201 } : { status: 409 };
      },
      'GET /api/resources': () => ({
        status: 200,
        headers: JSON_TYPE,
        body: JSON.stringify({
          id: `conjur:variable:${NAME}`,
          secrets: versions.map((_, at) => ({ version: at + 1 })),
        }),
      }),
      'GET /api/secrets': ({ path }) => {
        const version = Number(/version=(\d+)/.exec(path)?.[1] ?? versions.length);
        const body = versions[version - 1];
        return body === undefined ? { status: 404 } : { status: 200, body };
      },
      'POST /api/secrets/conjur': () => ({ status: 201 }),
    };
    const { conjur, seen } = mockConjur(
      (request) => {
        const line = `${request.method} ${request.path}`;
        const [start = ''] = Object.keys(answers).filter((one) => line.startsWith(one));
        return answers[start]?.(request) ?? { status: 500 };
      },
      { ...SAAS, CYBERARK_API_BASE: 'http://conjur.test/api' },
    );
    const writes = () => seen.filter(({ method }) => method === 'POST').map(({ path }) => path);
    return { conjur, writes };
  }

  it("does not put its value over somebody else's that came after it", async () => {
    const { conjur, writes } = loseCreation(['mine', 'theirs']);
    await expect(conjur.writeSecret(NAME, 'mine')).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining(`It is not known whether the value of "${NAME}" was written`),
    });
    expect(writes()).toEqual(['/api/secrets/static']);
  });

  it('is not sent again where it took effect', async () => {
    const { conjur, writes } = loseCreation(['mine']);
    expect(await conjur.writeSecret(NAME, 'mine')).toEqual({
      name: NAME,
      created: false,
      changed: undefined,
      version: 1,
    });
    expect(writes()).toEqual(['/api/secrets/static']);
  });

  it('is sent again where it did not', async () => {
    const { conjur, writes } = loseCreation([]);
    expect(await conjur.writeSecret(NAME, 'mine')).toMatchObject({ created: true, version: 1 });
    expect(writes()).toEqual(['/api/secrets/static', '/api/secrets/static']);
  });

  it.each([502, 504])('is said to be one where a server in front answers to the end: %i', async (status) => {
    const { conjur } = mockConjur(() => ({ status }), SAAS);
    await expect(conjur.writeSecret(NAME, 'mine')).rejects.toThrow('It is not known whether');
  });
});

it.each([
  ['one at a time', (conjur: ReturnType<typeof mockConjur>['conjur']) => conjur.writeSecret('data/other/x', 'value')],
  [
    'among many',
    async (conjur: ReturnType<typeof mockConjur>['conjur']) => {
      const { errors } = await conjur.writeSecrets([{ name: 'data/other/x', value: 'value' }]);
      throw errors[0]?.error;
    },
  ],
])('nothing is created outside the branch that new variables go into, %s', async (_, write) => {
  const { conjur, seen } = mockConjur(({ path }) => ({ status: path.includes('/static') ? 201 : 404 }), {
    ...SAAS,
    CYBERARK_POLICY_BRANCH: 'data/team',
  });
  await expect(write(conjur)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('new variables go into the policy branch "data/team"'),
  });
  expect(seen.map(({ path }) => path).filter((path) => path.includes('/static'))).toEqual([]);
});
