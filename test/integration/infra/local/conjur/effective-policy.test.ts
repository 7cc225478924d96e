import { expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const POLICY = `
- !policy
  id: app
  annotations: { note: of the team }
  body:
  - !host
    id: web
    restricted_to: [ 10.0.0.0/8, 127.0.0.1 ]
  - !user
    id: alice
  - !layer l
  - !group
    id: g
    owner: !user alice
  - !host-factory { id: hf, layers: [ !layer l ] }
  - !variable
    id: db/password
    kind: password
    mime_type: text/plain
    annotations: { a: "1" }
  - !webservice ws
  - !policy { id: sub, body: [ !variable v ] }
  - !grant { role: !group g, members: [ !host web, !user alice ] }
  - !permit { role: !group g, privileges: [ read, execute ], resource: !variable db/password }
- !variable top
- !host elsewhere
- !permit { role: !host elsewhere, privileges: [ read ], resource: !variable app/db/password }
`;

async function startWithPolicy() {
  const conjur = await startConjur();
  await conjur.load(POLICY);
  return conjur;
}

it('the effective policy of a branch can be loaded again and then reads the same', async () => {
  const conjur = await startWithPolicy();
  const answer = await conjur.ask('GET', '/policies/default/policy/root');
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-yaml; charset=utf-8']);
  const other = await startConjur();
  expect((await other.load(answer.text)).status).toBe(201);
  expect((await other.ask('GET', '/policies/default/policy/root')).text).toBe(answer.text);
});

it('shows owners, networks, annotations, grants and permits where they belong', async () => {
  const conjur = await startWithPolicy();
  const headers = { 'content-type': 'application/json' };
  const answer = await conjur.ask('GET', '/policies/default/policy/app', { headers });
  expect(answer.json()).toEqual([
    {
      policy: {
        id: 'app',
        annotations: { note: 'of the team' },
        body: [
          { group: { id: 'g', owner: { user: '/app/alice' } } },
          { host: { id: 'web', restricted_to: ['10.0.0.0/8', '127.0.0.1/32'] } },
          { grant: { role: { group: 'g' }, members: [{ host: '/app/web' }, { user: '/app/alice' }] } },
          { 'host-factory': { id: 'hf', layers: [{ layer: 'l' }] } },
          { layer: { id: 'l' } },
          { policy: { id: 'sub', body: [{ variable: { id: 'v' } }] } },
          { variable: { id: 'db/password', kind: 'password', mime_type: 'text/plain', annotations: { a: '1' } } },
          {
            permit: { role: { group: 'g' }, privileges: ['execute', 'read'], resource: { variable: 'db/password' } },
          },
          { permit: { role: { host: '/elsewhere' }, privileges: ['read'], resource: { variable: 'db/password' } } },
          { webservice: { id: 'ws' } },
          { user: { id: 'alice' } },
        ],
      },
    },
  ]);
});

it('places users by their names, and by their owners where two policies are named alike', async () => {
  const conjur = await startConjur();
  await conjur.load(`
- !policy
  id: a
  body:
  - !policy { id: b, body: [ !user inner, !policy { id: c, owner: !user inner } ] }
  - !user outer
- !policy { id: a-b, body: [ !user other, !user { id: of-admin, owner: !user /admin } ] }
`);
  const read = async (branch: string) => {
    const headers = { 'content-type': 'application/json' };
    return (await conjur.ask('GET', `/policies/default/policy/${branch}`, { headers })).json<unknown>();
  };
  const inner = { user: { id: 'inner' } };
  const c = { policy: { id: 'c', owner: { user: '/a/b/inner' }, body: [] } };
  const b = { policy: { id: 'b', body: [c, inner] } };
  expect(await read('root')).toEqual([
    { user: { id: 'admin' } },
    { user: { id: 'of-admin@a-b' } },
    { policy: { id: 'a', body: [b, { user: { id: 'outer' } }] } },
    { policy: { id: 'a-b', body: [{ user: { id: 'other' } }] } },
  ]);
  // The owner stands above the branch that is asked for.
  expect(await read('a%2Fb%2Fc')).toEqual([c]);
});

it('goes as deep as it is asked to, and no larger than the limit', async () => {
  const conjur = await startWithPolicy();
  const at = (query: string) => conjur.ask('GET', `/policies/default/policy/app?${query}`);
  expect((await at('depth=0')).text).not.toContain('!variable');
  expect((await at('depth=1')).text).toContain('body: []');
  expect((await at('depth=2')).text).toContain('!variable v');
  expect([(await at('limit=3')).status, (await at('limit=100000')).status]).toEqual([422, 200]);
  for (const query of ['depth=-1', 'depth=x', 'depth=65', 'limit=100001']) expect((await at(query)).status).toBe(400);
});

it('is for owners: who only sees the branch gets 500, who does not see it 404', async () => {
  const conjur = await startWithPolicy();
  const path = '/policies/default/policy/app';
  expect((await conjur.ask('GET', path, { as: 'host/elsewhere' })).status).toBe(404);
  await conjur.load('- !permit { role: !host elsewhere, privileges: [ read, update ], resource: !policy app }\n');
  expect((await conjur.ask('GET', path, { as: 'host/elsewhere' })).status).toBe(500);
  await conjur.load('- !policy { id: app, owner: !host elsewhere }\n', { method: 'PATCH' });
  expect((await conjur.ask('GET', path, { as: 'host/elsewhere' })).status).toBe(200);
  expect((await conjur.ask('GET', '/policies/other/policy/root')).status).toBe(404);
});
