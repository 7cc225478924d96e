import { describe, expect, it } from 'vitest';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

/** What a login may do with a variable that has a value: the statuses of show, read and write. */
async function rightsOf(conjur: ConjurUnderTest, login: string, variable: string) {
  const id = encodeURIComponent(variable);
  const show = await conjur.ask('GET', `/resources/default/variable/${id}`, { as: login });
  const read = await conjur.ask('GET', `/secrets/default/variable/${id}`, { as: login });
  const write = await conjur.ask('POST', `/secrets/default/variable/${id}`, { as: login, body: 'by someone' });
  return { show: show.status, read: read.status, write: write.status };
}

const INVISIBLE = { show: 404, read: 404, write: 404 };
const ALL = { show: 200, read: 200, write: 201 };

describe('permissions on a variable', () => {
  it.each([
    ['read', { show: 200, read: 403, write: 403 }],
    ['execute', { show: 200, read: 200, write: 403 }],
    ['update', { show: 200, read: 403, write: 201 }],
    ['create', { show: 200, read: 403, write: 403 }],
    ['anything-else', { show: 200, read: 403, write: 403 }],
  ])('make it visible, and %s allows just that', async (privilege, rights) => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !host other
- !permit { role: !host one, privileges: [ ${privilege} ], resource: !variable v }
`);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'a value' });
    expect(await rightsOf(conjur, 'host/one', 'v')).toEqual(rights);
    expect(await rightsOf(conjur, 'host/other', 'v')).toEqual(INVISIBLE);
  });

  it('reach through groups of groups and layers, however deep', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !user alice
- !layer machines
- !group people
- !group inner
- !group outer
- !grant { role: !layer machines, member: !host one }
- !grant { role: !group people, member: !user alice }
- !grant { role: !group inner, members: [ !layer machines, !group people ] }
- !grant { role: !group outer, member: !group inner }
- !permit { role: !group outer, privileges: [ read, execute ], resource: !variable v }
`);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'a value' });
    const rights = { show: 200, read: 200, write: 403 };
    expect(await rightsOf(conjur, 'host/one', 'v')).toEqual(rights);
    expect(await rightsOf(conjur, 'alice', 'v')).toEqual(rights);
  });

  it.each([
    ['a user', '!user alice'],
    ['a host', '!host one'],
    ['a group', '!group owners'],
    ['a policy', '!policy team'],
  ])('are all held by who owns it: %s', async (_what, owner) => {
    const conjur = await startConjur();
    await conjur.load(`
- !user alice
- !host one
- !group owners
- !grant { role: !group owners, member: !host one }
- !policy { id: team, owner: !host one }
- !variable { id: v, owner: ${owner} }
`);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'a value' });
    const [login, other] = owner === '!user alice' ? ['alice', 'host/one'] : ['host/one', 'alice'];
    expect(await rightsOf(conjur, login, 'v')).toEqual(ALL);
    expect(await rightsOf(conjur, other, 'v')).toEqual(INVISIBLE);
  });

  it('end when the membership ends', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !group readers
- !grant { role: !group readers, member: !host one }
- !permit { role: !group readers, privileges: [ read, execute ], resource: !variable v }
`);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'a value' });
    expect((await rightsOf(conjur, 'host/one', 'v')).read).toBe(200);
    await conjur.load('- !revoke { role: !group readers, member: !host one }\n', { method: 'PATCH' });
    expect(await rightsOf(conjur, 'host/one', 'v')).toEqual(INVISIBLE);
  });

  it('end one by one when the policy denies them', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !permit { role: !host one, privileges: [ read, execute, update ], resource: !variable v }
`);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'a value' });
    await conjur.load('- !deny { role: !host one, privileges: [ execute ], resource: !variable v }\n', {
      method: 'PATCH',
    });
    expect(await rightsOf(conjur, 'host/one', 'v')).toEqual({ show: 200, read: 403, write: 201 });
  });

  it('are checked for another role only by who is a member of it', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !host two
- !permit { role: !host one, privileges: [ read, execute ], resource: !variable v }
- !permit { role: !host two, privileges: [ read ], resource: !variable v }
`);
    const check = (role: string, as: string) =>
      conjur.ask('GET', `/resources/default/variable/v?check=true&privilege=execute&role=${role}`, { as });
    expect((await check('default:host:one', 'admin')).status).toBe(204);
    expect((await check('default:host:two', 'admin')).status).toBe(404);
    expect((await check('default:host:one', 'host/two')).status).toBe(403);
    expect((await check('default:host:ghost', 'admin')).status).toBe(403);
  });

  it('are listed with all roles that hold them', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable v
- !host one
- !group readers
- !grant { role: !group readers, member: !host one }
- !permit { role: !group readers, privileges: [ execute ], resource: !variable v }
`);
    const answer = await conjur.ask('GET', '/resources/default/variable/v?permitted_roles=true&privilege=execute');
    expect(answer.json()).toEqual(['default:group:readers', 'default:host:one', 'default:user:admin']);
  });
});

describe('permissions on a branch', () => {
  it.each([
    ['read', 403, 403, 403],
    ['create', 201, 403, 403],
    ['update', 403, 201, 403],
    ['create, update', 201, 201, 403],
  ])('allow with %s: POST %i, PATCH %i, and PUT %i of what they do not reach', async (privilege, post, patch, put) => {
    const conjur = await startConjur();
    await conjur.load(`
- !host one
- !policy branch
- !permit { role: !host one, privileges: [ ${privilege} ], resource: !policy branch }
`);
    const load = (method: string) => conjur.load('- !variable v\n', { branch: 'branch', method, as: 'host/one' });
    expect((await load('POST')).status).toBe(post);
    expect((await load('PATCH')).status).toBe(patch);
    expect((await load('PUT')).status).toBe(put);
  });
});

describe('a token', () => {
  it('of a role that has been deleted is forbidden everything but to say who it is', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host one\n');
    await conjur.tokenOf('host/one');
    await conjur.load('- !delete { record: !host one }\n', { method: 'PATCH' });
    expect((await conjur.ask('GET', '/resources/default', { as: 'host/one' })).status).toBe(403);
    expect((await conjur.ask('GET', '/whoami', { as: 'host/one' })).status).toBe(200);
  });
});
