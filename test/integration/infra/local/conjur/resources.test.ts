import { describe, expect, it } from 'vitest';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

async function ids({ ask }: ConjurUnderTest, path: string, as = 'admin'): Promise<string[]> {
  const answer = await ask('GET', path, { as });
  expect(answer.status).toBe(200);
  return answer.json<{ id: string }[]>().map(({ id }) => id.replace(/^default:/, ''));
}

describe('listing resources', () => {
  it('sorts by id and pages by limit and offset; an offset alone takes ten', async () => {
    const conjur = await startConjur();
    const names = Array.from({ length: 15 }, (_, index) => `v${String(index).padStart(2, '0')}`);
    await conjur.load(
      names
        .toReversed()
        .map((name) => `- !variable ${name}\n`)
        .join(''),
    );
    const all = names.map((name) => `variable:${name}`);
    expect(await ids(conjur, '/resources/default/variable')).toEqual(all);
    expect(await ids(conjur, '/resources/default/variable?limit=3')).toEqual(all.slice(0, 3));
    expect(await ids(conjur, '/resources/default/variable?limit=3&offset=2')).toEqual(all.slice(2, 5));
    expect(await ids(conjur, '/resources/default/variable?offset=1')).toEqual(all.slice(1, 11));
    expect(await ids(conjur, '/resources/default/variable?offset=20')).toEqual([]);
    const count = await conjur.ask('GET', '/resources/default/variable?count=true&search=v07');
    expect(count.json()).toEqual({ count: 1 });
  });

  it('gives a thousand at most, and refuses to be asked for more', async () => {
    const conjur = await startConjur();
    const names = Array.from({ length: 1005 }, (_, index) => `- !variable v${index}\n`);
    await conjur.load(names.join(''));
    expect(await ids(conjur, '/resources/default/variable')).toHaveLength(1000);
    expect(await ids(conjur, '/resources/default/variable?limit=10000')).toHaveLength(1005);
    for (const limit of ['1001', '2000', '9999', '10001']) {
      const answer = await conjur.ask('GET', `/resources/default/variable?limit=${limit}`);
      const message = "'Limit' parameter must not exceed 1000";
      expect([answer.status, answer.json()]).toEqual([422, { error: { code: 'unprocessable_entity', message } }]);
    }
    const counts = [
      ['count=true', 1005],
      ['count=true&limit=2000', 1005],
      ['count=true&limit=10', 10],
      ['count=true&limit=10&offset=1000', 5],
      ['count=true&offset=5', 10],
    ] as const;
    for (const [query, count] of counts) {
      expect((await conjur.ask('GET', `/resources/default/variable?${query}`)).json()).toEqual({ count });
    }
    expect(await ids(conjur, '/resources/default/variable?count=no&limit=2000')).toHaveLength(1005);
  });

  it.each([
    ['limit=0', "'limit' contains an invalid value. 'limit' must be a positive integer."],
    ['limit=-1', "'limit' contains an invalid value. 'limit' must be a positive integer."],
    ['limit=abc', "'limit' contains an invalid value. 'limit' must be a positive integer."],
    ['offset=-1', "'offset' contains an invalid value. 'offset' must be an integer greater than or equal to 0."],
    ['offset=1.5', "'offset' contains an invalid value. 'offset' must be an integer greater than or equal to 0."],
  ])('refuses %s', async (query, message) => {
    const conjur = await startConjur();
    const answer = await conjur.ask('GET', `/resources/default/variable?${query}`);
    expect([answer.status, answer.json()]).toEqual([422, { error: { code: 'unprocessable_entity', message } }]);
  });

  it('searches the words of ids and annotations, in any form of the word', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable app/db-password
- !variable app/api.key
- !variable { id: other, annotations: { note: rotating the passwords, owner-team: pay } }
- !variable target_1
- !variable café
`);
    const search = (text: string) => ids(conjur, `/resources/default/variable?search=${encodeURIComponent(text)}`);
    expect(await search('password')).toEqual(['variable:app/db-password', 'variable:other']);
    expect(await search('rotate')).toEqual(['variable:other']);
    expect(await search('app key')).toEqual(['variable:app/api.key']);
    expect(await search('db-password')).toEqual(['variable:app/db-password']);
    expect(await search('target')).toEqual(['variable:target_1']);
    expect(await search('café')).toEqual(['variable:café']);
    expect(await search('cafe')).toEqual([]);
    expect(await search('passw')).toEqual([]);
    expect(await search('default')).toEqual([]);
    expect(await search('the "')).toEqual([]);
    expect(await search('')).toEqual([]);
  });

  it('finds annotations as they are now', async () => {
    const conjur = await startConjur();
    const policy = (note: string) => `- !variable { id: v, annotations: { note: ${note} } }\n`;
    await conjur.load(policy('apple'));
    await conjur.load(policy('pear'), { method: 'PATCH' });
    expect(await ids(conjur, '/resources/default?search=pear')).toEqual(['variable:v']);
    expect(await ids(conjur, '/resources/default?search=apple')).toEqual([]);
    await conjur.load('- !variable v\n', { method: 'PUT' });
    expect(await ids(conjur, '/resources/default?search=pear')).toEqual([]);
    expect(await ids(conjur, '/resources/default?search=v')).toEqual(['variable:v']);
  });

  it('narrows by kind, owner and role, and to the account', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host one
- !group g
- !policy { id: team, owner: !host one, body: [ !variable v ] }
- !variable mine
- !permit { role: !group g, privileges: [ read ], resource: !variable mine }
`);
    expect(await ids(conjur, '/resources/default?kind=group')).toEqual(['group:g']);
    expect(await ids(conjur, '/resources/default/variable?owner=policy:team')).toEqual(['variable:team/v']);
    expect(await ids(conjur, '/resources/default/variable?owner=host:one')).toEqual(['variable:team/v']);
    expect(await ids(conjur, '/resources/default/variable?role=default:group:g')).toEqual(['variable:mine']);
    expect(await ids(conjur, '/resources/default/variable?acting_as=default:group:g')).toEqual(['variable:mine']);
    expect(await ids(conjur, '/resources/default/variable', 'host/one')).toEqual(['variable:team/v']);
    expect(await ids(conjur, '/resources?kind=variable')).toEqual(['variable:mine', 'variable:team/v']);
    expect(await ids(conjur, '/resources/elsewhere/variable')).toEqual([]);
    expect((await conjur.ask('GET', '/resources/default?role=default:group:g', { as: 'host/one' })).status).toBe(403);
    expect((await conjur.ask('GET', '/resources/default?owner=group:ghost')).status).toBe(404);
    expect((await conjur.ask('GET', '/resources/default?owner=ghost')).status).toBe(422);
  });

  it('holds the admin, who owns itself and belongs to no policy', async () => {
    const conjur = await startConjur();
    expect(await ids(conjur, '/resources/default')).toEqual(['policy:root', 'user:admin']);
    const shown = await conjur.ask('GET', '/resources/default/user/admin');
    expect(shown.json()).toEqual({
      created_at: expect.any(String),
      ...{ id: 'default:user:admin', owner: 'default:user:admin' },
      ...{ permissions: [], annotations: [], restricted_to: [] },
    });
  });

  it('shows permissions by role and then by privilege', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host a
- !host b
- !variable v
- !permit { role: !host b, privileges: [ read, execute ], resource: !variable v }
- !permit { role: !host a, privileges: [ update, read ], resource: !variable v }
`);
    const shown = await conjur.ask('GET', '/resources/default/variable/v');
    const { permissions } = shown.json<{ permissions: { role: string; privilege: string }[] }>();
    expect(permissions.map(({ role, privilege }) => `${role} ${privilege}`)).toEqual([
      ...['default:host:a read', 'default:host:a update'],
      ...['default:host:b execute', 'default:host:b read'],
    ]);
  });

  it('has no route for a kind that does not exist', async () => {
    const conjur = await startConjur();
    for (const kind of ['nonsense', 'variables', 'xvariable', 'policy2']) {
      const answer = await conjur.ask('GET', `/resources/default/${kind}`);
      expect([kind, answer.status, answer.headers['content-type']]).toEqual([kind, 404, 'text/html; charset=utf-8']);
    }
  });
});

describe('roles', () => {
  it('show their members and memberships', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host h
- !group inner
- !group outer
- !grant { role: !group inner, member: !host h }
- !grant { role: !group outer, member: !group inner }
`);
    const all = await conjur.ask('GET', '/roles/default/host/h?all');
    expect(all.json()).toEqual(['default:group:inner', 'default:group:outer', 'default:host:h']);
    const direct = await conjur.ask('GET', '/roles/default/host/h?memberships');
    expect(direct.json()).toMatchObject([{ role: 'default:group:inner', member: 'default:host:h', ownership: false }]);
    const count = await conjur.ask('GET', '/roles/default/group/inner?members&count');
    expect(count.json()).toEqual({ count: 2 });
    expect((await conjur.ask('GET', '/roles/default/host/ghost')).status).toBe(404);
  });

  it('take and lose members without a policy', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host h\n- !group g\n');
    const path = '/roles/default/group/g?members&member=default:host:h';
    expect((await conjur.ask('POST', path)).status).toBe(204);
    expect((await conjur.ask('GET', '/roles/default/host/h?all')).text).toContain('default:group:g');
    expect((await conjur.ask('DELETE', path, { as: 'host/h' })).status).toBe(404);
    await conjur.load('- !permit { role: !host h, privileges: [ read ], resource: !group g }\n');
    expect((await conjur.ask('DELETE', path, { as: 'host/h' })).status).toBe(403);
    expect((await conjur.ask('DELETE', path)).status).toBe(204);
    expect((await conjur.ask('DELETE', path)).status).toBe(404);
    expect((await conjur.ask('POST', '/roles/default/group/g?members&member=host:h')).status).toBe(404);
    const routeless = await conjur.ask('POST', '/roles/default/group/g?member=default:host:h');
    expect([routeless.status, routeless.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it('draw the memberships above and below them', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host h
- !host other
- !group inner
- !group outer
- !group beside
- !grant { role: !group inner, member: !host h }
- !grant { role: !group outer, members: [ !group inner, !host other ] }
- !grant { role: !group beside, member: !host other }
`);
    const graph = await conjur.ask('GET', '/roles/default/group/inner?graph');
    expect(graph.json()).toEqual([
      { parent: 'default:group:inner', child: 'default:host:h' },
      { parent: 'default:group:inner', child: 'default:user:admin' },
      { parent: 'default:group:outer', child: 'default:group:inner' },
      { parent: 'default:group:outer', child: 'default:host:other' },
      { parent: 'default:group:outer', child: 'default:user:admin' },
      { parent: 'default:host:h', child: 'default:user:admin' },
      { parent: 'default:user:admin', child: 'default:user:admin' },
    ]);
  });
});
