import { describe, expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

/** Writes a new secret, which the service makes either way. @returns what its second API was asked to make, if anything */
async function create(name: string, environment: Record<string, string> = {}) {
  let isDefined = false;
  const { conjur, seen } = mockConjur(
    ({ path }) => {
      if (path.includes('/secrets/conjur/')) return { status: isDefined ? 201 : 404 };
      isDefined = true;
      return { status: 201, body: '{"created_roles":{},"version":1}' };
    },
    { CYBERARK_EDITION: 'saas', ...environment },
  );
  await conjur.writeSecret(name, 'value', { reportVersion: false });
  const creation = seen.find(({ path }) => path.endsWith('/secrets/static'));
  return creation && (JSON.parse(creation.body) as { permissions?: unknown });
}

describe('a new secret is made by the second API', () => {
  it.each([
    ['new', 'data/app'],
    ['Ab_9.@:+-', 'data/app'],
    ['n'.repeat(60), 'data'],
  ])('under the name %s in %s', async (name, branch) => {
    expect(await create(`${branch}/${name}`)).toEqual({ branch, name, value: 'value' });
  });

  it('with rights for each kind of role that it knows', async () => {
    const grants = { CYBERARK_GRANT_READ: 'host:data/a:b,group:data/c', CYBERARK_GRANT_WRITE: 'user:alice' };
    expect((await create('data/app/new', grants))?.permissions).toEqual([
      { subject: { kind: 'host', id: 'data/a:b' }, privileges: ['read', 'execute'] },
      { subject: { kind: 'group', id: 'data/c' }, privileges: ['read', 'execute'] },
      { subject: { kind: 'user', id: 'alice' }, privileges: ['read', 'update'] },
    ]);
  });
});

describe('a new secret is made by policy', () => {
  it.each([
    ['its name begins with what the second API does not take', 'data/app/ new'],
    ['its name ends with it', 'data/app/new '],
    ['its name is too long', `data/app/${'n'.repeat(61)}`],
    ['its branch has it', 'data/an app/new'],
  ])('where %s', async (_, name) => {
    expect(await create(name)).toBeUndefined();
  });

  it('where one role of several is of a kind that the second API does not know', async () => {
    expect(await create('data/app/new', { CYBERARK_GRANT_READ: 'host:data/a,layer:data/b' })).toBeUndefined();
  });
});
