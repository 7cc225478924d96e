import { describe, expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const STAFF = `
- !policy
  id: o
  body:
  - !group g
  - !host one
  - !host two-words
  - !user alice
  - !layer l
  - !grant { role: !group g, members: [ !host one, !host two-words, !user alice, !layer l ] }
- !host outsider
- !host insider
- !permit { role: !host insider, privileges: [ read ], resource: !group o/g }
`;

async function startStaff() {
  const conjur = await startConjur();
  await conjur.load(STAFF);
  return conjur;
}

const VIEWS = ['', '?all', '?all&count=true', '?members', '?memberships', '?graph'];

describe('a role that the asking role cannot see', () => {
  it.each(VIEWS)('is not found: %s', async (query) => {
    const conjur = await startStaff();
    for (const [kind, id] of [
      ['group', 'o/g'],
      ['host', 'o/one'],
      ['policy', 'o'],
      ['user', 'admin'],
    ]) {
      const path = `/roles/default/${kind}/${encodeURIComponent(id ?? '')}${query}`;
      const answer = await conjur.ask('GET', path, { as: 'host/outsider' });
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({
        error: { code: 'not_found', details: { message: `default:${kind}:${id}` } },
      });
      expect((await conjur.ask('GET', path)).status).toBe(200);
    }
  });

  it('is not found even where it is the asking role itself', async () => {
    const conjur = await startStaff();
    expect((await conjur.ask('GET', '/roles/default/host/outsider?all', { as: 'host/outsider' })).status).toBe(404);
  });

  it.each(['POST', 'DELETE'])('%s of a member is not found', async (method) => {
    const conjur = await startStaff();
    const path = '/roles/default/group/o%2Fg?members&member=default:host:o/one';
    expect((await conjur.ask(method, path, { as: 'host/outsider' })).status).toBe(404);
    expect((await conjur.ask(method, path, { as: 'host/insider' })).status).toBe(403);
  });
});

it('a graph shows only what hangs on roles that the asking role sees', async () => {
  const conjur = await startStaff();
  const graph = await conjur.ask('GET', '/roles/default/group/o%2Fg?graph', { as: 'host/insider' });
  const parents = graph.json<{ parent: string }[]>().map(({ parent }) => parent);
  expect(new Set(parents)).toEqual(new Set(['default:group:o/g']));
});

describe('members and memberships', () => {
  const g = '/roles/default/group/o%2Fg?members';
  it.each([
    [`${g}&search=words`, ['host:o/two-words']],
    [`${g}&search=nothing`, []],
    [`${g}&search=`, []],
    [`${g}&kind=host`, ['host:o/one', 'host:o/two-words']],
    [`${g}&kind[]=user&kind[]=layer`, ['layer:o/l', 'user:alice@o']],
    [`${g}&kind=host&search=one`, ['host:o/one']],
    [`${g}&limit=2`, ['host:o/one', 'host:o/two-words']],
    [`${g}&limit=1&offset=1`, ['host:o/two-words']],
    [`${g}&offset=4`, ['user:alice@o']],
  ])('%s', async (path, expected) => {
    const conjur = await startStaff();
    const members = (await conjur.ask('GET', path)).json<{ member: string }[]>();
    expect(members.map(({ member }) => member.replace('default:', '')).sort()).toEqual(expected);
  });

  it('are counted without paging, with the filters', async () => {
    const conjur = await startStaff();
    expect((await conjur.ask('GET', `${g}&count&limit=1`)).json()).toEqual({ count: 5 });
    expect((await conjur.ask('GET', `${g}&count&kind=host`)).json()).toEqual({ count: 2 });
  });

  it('of which a genuine Conjur cannot take the page fail as there', async () => {
    const conjur = await startStaff();
    for (const page of ['limit=0', 'limit=-1', 'limit=x', 'limit=1&offset=-1']) {
      expect((await conjur.ask('GET', `${g}&${page}`)).status).toBe(500);
    }
  });

  it('of a role are narrowed by kind and search, and `filter` looks at the member', async () => {
    const conjur = await startStaff();
    await conjur.load('- !layer words\n- !grant { role: !layer words, member: !host o/one }\n');
    const of = async (query: string) => {
      const answer = await conjur.ask('GET', `/roles/default/host/o%2Fone?memberships${query}`);
      return answer.json<{ role: string }[]>().map(({ role }) => role);
    };
    expect(await of('')).toEqual(['default:group:o/g', 'default:layer:words']);
    expect(await of('&kind=layer')).toEqual(['default:layer:words']);
    expect(await of('&search=words')).toEqual(['default:layer:words']);
    expect(await of('&search=words&kind=group')).toEqual([]);
    expect(await of('&filter[]=default:group:o/g')).toEqual([]);
    expect(await of('&filter[]=default:host:o/one')).toEqual(['default:group:o/g', 'default:layer:words']);
  });
});
