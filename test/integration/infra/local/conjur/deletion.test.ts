import { expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const PATCH = { method: 'PATCH' };

it.each([
  ['the policy', '- !policy { id: app, body: [ !host h ] }', '!policy app', 'host/app/h'],
  ['the group', '- !group g\n- !host { id: h, owner: !group g }', '!group g', 'host/h'],
  [
    'the owner of the owner',
    '- !group a\n- !group { id: b, owner: !group a }\n- !host { id: h, owner: !group b }',
    '!group a',
    'host/h',
  ],
])(
  'deleting %s that owns a host deletes its role: its key is dead and its name free',
  async (_what, policy, owner, login) => {
    const conjur = await startConjur();
    await conjur.load(`${policy}\n`);
    const key = conjur.keys.get(login) ?? '';
    expect((await conjur.load(`- !delete { record: ${owner} }\n`, PATCH)).status).toBe(201);
    const path = `/authn/default/${encodeURIComponent(login)}/authenticate`;
    expect((await conjur.ask('POST', path, { as: null, body: key })).status).toBe(401);
    expect((await conjur.ask('GET', `/roles/default/${login}`)).status).toBe(404);
    const again = await conjur.load(`${policy}\n`);
    expect(Object.keys(again.json<{ created_roles: object }>().created_roles)).toHaveLength(1);
  },
);

it('what owns itself cannot be deleted, and nothing is changed', async () => {
  const conjur = await startConjur();
  await conjur.load('- !variable v\n- !group { id: g, owner: !group g }\n');
  for (const record of ['!user admin', '!group g']) {
    expect(
      (await conjur.load(`- !delete { record: !variable v }\n- !delete { record: ${record} }\n`, PATCH)).status,
    ).toBe(500);
  }
  expect((await conjur.ask('GET', '/resources/default/variable/v')).status).toBe(200);
  expect(await conjur.ask('GET', '/whoami')).toMatchObject({ status: 200 });
});

it.each(['PATCH', 'PUT'])('a host that one %s both declares and deletes is a fault of the server', async (method) => {
  const conjur = await startConjur();
  await conjur.load('- !host kept\n');
  for (const host of ['kept', 'new']) {
    const answer = await conjur.load(`- !host ${host}\n- !delete { record: !host ${host} }\n`, { method });
    expect(answer.status).toBe(500);
  }
  expect((await conjur.ask('GET', '/resources/default/host')).json()).toHaveLength(1);
});

it('the root policy can be deleted with all that it has loaded, and comes back with the next load', async () => {
  const conjur = await startConjur();
  await conjur.load('- !variable v\n- !host h\n');
  expect((await conjur.load('- !delete { record: !policy root }\n', PATCH)).status).toBe(201);
  expect((await conjur.ask('GET', '/resources/default/variable')).json()).toEqual([]);
  expect((await conjur.load('- !variable w\n')).json()).toMatchObject({ version: 1 });
  expect((await conjur.ask('GET', '/resources/default/variable/w')).status).toBe(200);
});

it.each(['POST', 'PATCH', 'PUT'])('%s of an empty text is refused', async (method) => {
  const conjur = await startConjur();
  await conjur.load('- !variable v\n');
  for (const text of ['', ' \n\t']) {
    const answer = await conjur.load(text, { method });
    expect([answer.status, answer.json()]).toMatchObject([422, { error: { code: 'validation_failed' } }]);
  }
  expect((await conjur.ask('GET', '/resources/default/variable/v')).status).toBe(200);
});

it.each(['POST', 'PATCH', 'PUT'])(
  'a dry run by %s without the right to it fails where the load is forbidden',
  async (method) => {
    const conjur = await startConjur();
    await conjur.load(
      '- !host h\n- !policy b\n- !permit { role: !host h, privileges: [ read ], resource: !policy b }\n',
    );
    const asking = { as: 'host/h', body: '- !variable v\n' };
    expect((await conjur.ask(method, '/policies/default/policy/b', asking)).status).toBe(403);
    expect((await conjur.ask(method, '/policies/default/policy/b?dryRun=true', asking)).status).toBe(500);
    expect((await conjur.ask(method, '/policies/default/policy/ghost?dryRun=true', asking)).status).toBe(404);
  },
);
