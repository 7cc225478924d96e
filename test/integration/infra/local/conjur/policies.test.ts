import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../support/seeded-random.ts';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

interface Shown {
  readonly id: string;
  readonly owner: string;
  readonly policy: string;
  readonly annotations: { name: string; value: string; policy: string }[];
  readonly permissions: { role: string; privilege: string; policy: string }[];
}

async function show({ ask }: ConjurUnderTest, kind: string, id: string): Promise<Shown> {
  return (await ask('GET', `/resources/default/${kind}/${encodeURIComponent(id)}`)).json<Shown>();
}

async function list({ ask }: ConjurUnderTest, kind: string): Promise<string[]> {
  const answer = await ask('GET', `/resources/default/${kind}`);
  return answer.json<Shown[]>().map((resource) => resource.id.split(':').slice(2).join(':'));
}

/** A name in which nothing is said twice, as far as that can be. */
function randomName(length: number): string {
  const random = seededRandom(7);
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
}

describe('loading a policy', () => {
  it('names users after their policy and leaves other ids as paths', async () => {
    const conjur = await startConjur();
    const answer = await conjur.load(`
- !policy
  id: a
  body:
  - !user alice
  - !policy
    id: b
    body:
    - !user bob
    - !host h
`);
    const roles = Object.keys(answer.json<{ created_roles: object }>().created_roles);
    expect(roles).toEqual(['default:user:alice@a', 'default:user:bob@a-b', 'default:host:a/b/h']);
  });

  it('resolves absolute and relative ids where they may stand', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !group top
- !policy
  id: a
  body:
  - !group middle
  - !policy
    id: b
    body:
    - !variable { id: v, owner: !group ../middle }
    - !group inner
    - !grant { role: !group inner, member: !group /top }
    - !permit { role: !group /top, privileges: [ read ], resource: !variable v }
`);
    const shown = await show(conjur, 'variable', 'a/b/v');
    expect(shown.owner).toBe('default:group:a/middle');
    expect(shown.permissions).toEqual([
      { privilege: 'read', role: 'default:group:top', policy: 'default:policy:root' },
    ]);
    const members = await conjur.ask('GET', '/roles/default/group/a%2Fb%2Finner?members');
    expect(members.json<{ member: string }[]>().map(({ member }) => member)).toEqual([
      'default:group:top',
      'default:policy:a/b',
    ]);
  });

  it('takes an id from the policy when a record has none, as authenticators use it', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy\n  id: conjur/authn-jwt/ci\n  body:\n  - !webservice\n');
    expect(await list(conjur, 'webservice')).toEqual(['conjur/authn-jwt/ci']);
  });

  it('knows the same object behind an anchor and its aliases', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !policy
  id: app
  body:
  - &vars
    - !variable one
    - !variable two
  - &host !host h
  - !permit { role: *host, privileges: [ read ], resources: *vars }
`);
    for (const id of ['app/one', 'app/two']) {
      expect((await show(conjur, 'variable', id)).permissions.map(({ role }) => role)).toEqual(['default:host:app/h']);
    }
  });

  it('keeps kind, mime type and annotations, all as text', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !variable
  id: v
  kind: password
  mime_type: text/plain
  annotations: { number: 5, flag: true, "a/b": ~, text: "007" }
`);
    const { annotations } = await show(conjur, 'variable', 'v');
    expect(annotations.map(({ name, value }) => [name, value])).toEqual([
      ['a/b', ''],
      ['conjur/kind', 'password'],
      ['conjur/mime_type', 'text/plain'],
      ['flag', 'true'],
      ['number', '5'],
      ['text', '007'],
    ]);
  });

  it('by POST adds and leaves what is there, by PATCH changes it', async () => {
    const conjur = await startConjur();
    const policy = (value: string, owner: string) =>
      `- !user alice\n- !host h\n- !variable { id: v, owner: ${owner}, annotations: { note: ${value} } }\n`;
    await conjur.load(policy('first', '!user alice'));
    await conjur.load(policy('second', '!host h'));
    expect(await show(conjur, 'variable', 'v')).toMatchObject({
      owner: 'default:user:alice',
      annotations: [{ value: 'first' }],
    });
    await conjur.load(policy('third', '!host h'), { method: 'PATCH' });
    expect(await show(conjur, 'variable', 'v')).toMatchObject({
      owner: 'default:host:h',
      annotations: [{ value: 'third' }],
    });
  });

  it('moves the membership of an owner when the owner of a role changes', async () => {
    const conjur = await startConjur();
    const policy = (owner: string) => `- !user alice\n- !user bob\n- !group { id: g, owner: ${owner} }\n`;
    await conjur.load(policy('!user alice'));
    await conjur.load(policy('!user bob'), { method: 'PATCH' });
    const members = await conjur.ask('GET', '/roles/default/group/g?members');
    expect(members.json<{ member: string; ownership: boolean }[]>().map((row) => [row.member, row.ownership])).toEqual([
      ['default:user:bob', true],
    ]);
  });

  it('by PUT keeps the values of variables that are named again and drops what is not', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !variable kept\n- !variable dropped\n- !host h\n- !permit { role: !host h, privileges: [ read ], resource: !variable kept }\n',
    );
    await conjur.ask('POST', '/secrets/default/variable/kept', { body: 'value' });
    const answer = await conjur.load('- !variable kept\n- !host h\n', { method: 'PUT' });
    expect(answer.json()).toMatchObject({ created_roles: {} });
    expect(await list(conjur, 'variable')).toEqual(['kept']);
    expect((await conjur.ask('GET', '/secrets/default/variable/kept')).text).toBe('value');
    expect((await show(conjur, 'variable', 'kept')).permissions).toEqual([]);
  });

  it.each([
    ['a grant', '- !host h\n- !grant { role: !group g, member: !host h }', "Group 'g'"],
    ['a permit', '- !host h\n- !permit { role: !host h, privileges: [ read ], resource: !layer l }', "Layer 'l'"],
    ['a permit to it', '- !host h\n- !permit { role: !group g, privileges: [ read ], resource: !host h }', "Group 'g'"],
    ['a new owned record', '- !host { id: new, owner: !group g }', "Group 'g'"],
    ['a record that it owns', '- !host { id: owned, owner: !group g }', "Group 'g'"],
  ])('by PUT is refused when it takes away what it refers to: %s', async (_what, policy, missing) => {
    const conjur = await startConjur();
    await conjur.load('- !group g\n- !layer l\n- !host h\n- !host { id: owned, owner: !group g }');
    const answer = await conjur.load(policy, { method: 'PUT' });
    const error = { code: 'policy_invalid', message: `${missing} not found in account 'default'` };
    expect([answer.status, answer.json()]).toEqual([422, { error }]);
    expect((await conjur.ask('GET', '/resources/default/group/g')).status).toBe(200);
  });

  it('by PUT of a branch leaves what other policies have loaded into it', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy\n  id: b\n  body:\n  - !variable from-root\n');
    await conjur.load('- !variable from-branch\n', { branch: 'b' });
    await conjur.load('- !variable instead\n', { branch: 'b', method: 'PUT' });
    expect(await list(conjur, 'variable')).toEqual(['b/from-root', 'b/instead']);
    await conjur.load('[]\n', { branch: 'b', method: 'PUT' });
    expect(await list(conjur, 'variable')).toEqual(['b/from-root']);
    expect(await list(conjur, 'policy')).toEqual(['b', 'root']);
  });

  it('leaves a record to the policy that made it, even where another one names it', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host h\n- !policy\n  id: b\n  body:\n  - !variable { id: v, annotations: { note: root } }\n');
    const again = '- !variable { id: v, owner: !host /h, annotations: { note: branch, more: branch } }\n';
    expect((await conjur.load(again, { branch: 'b', method: 'PATCH' })).status).toBe(201);
    expect(await show(conjur, 'variable', 'b/v')).toMatchObject({
      owner: 'default:policy:b',
      policy: 'default:policy:root',
      annotations: [
        { name: 'more', value: 'branch', policy: 'default:policy:b' },
        { name: 'note', value: 'root', policy: 'default:policy:root' },
      ],
    });
  });

  it('deletes with a record everything that hangs on it', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy\n  id: b\n  body:\n  - !variable v\n  - !host h\n');
    await conjur.ask('POST', '/secrets/default/variable/b%2Fv', { body: 'value' });
    await conjur.load('- !delete { record: !policy b }\n', { method: 'PATCH' });
    expect(await list(conjur, 'variable')).toEqual([]);
    await conjur.load('- !policy\n  id: b\n  body:\n  - !variable v\n');
    expect((await conjur.ask('GET', '/secrets/default/variable/b%2Fv')).status).toBe(404);
  });

  it('gives a host that was deleted and made again a new api key', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host h\n');
    const first = conjur.keys.get('host/h');
    await conjur.load('- !delete { record: !host h }\n', { method: 'PATCH' });
    await conjur.load('- !host h\n');
    expect(conjur.keys.get('host/h')).not.toBe(first);
    const old = await conjur.ask('POST', '/authn/default/host%2Fh/authenticate', { as: null, body: first ?? '' });
    expect(old.status).toBe(401);
  });

  it.each([
    ['of 2,675 bytes that cannot be compressed', randomName(2675), 201],
    ['of 2,676 bytes that cannot be compressed', randomName(2676), 500],
    ['of 5,000 bytes that can', 'a'.repeat(5000), 201],
  ])(
    'of a variable with a name %s is answered as the index of a genuine Conjur takes it',
    async (_what, name, status) => {
      const conjur = await startConjur();
      expect((await conjur.load(`- !variable ${name}\n`)).status).toBe(status);
    },
  );

  it('gives every host an api key by default, whatever its annotation authn/api-key says', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host { id: h, annotations: { authn/api-key: false } }\n- !host i\n');
    for (const login of ['host/h', 'host/i']) expect(await conjur.tokenOf(login)).toMatch(/^ey/);
  });

  it.each([
    ['- !host h', 422],
    ['- !host { id: h, annotations: { authn/api-key: false } }', 422],
    ['- !host { id: h, annotations: { authn/api-key: "False" } }', 422],
    ['- !host { id: h, annotations: { authn/api-key: true } }', 201],
    ['- !user u', 201],
    ['- !policy { id: p, body: [ !variable v ] }', 201],
  ])('where hosts get no api key unasked, %s is answered with %i', async (policy, status) => {
    const conjur = await startConjur({ apiKeysByDefault: false });
    const answer = await conjur.load(`${policy}\n`);
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.json()).toMatchObject({ error: { code: 'policy_invalid' } });
    expect(conjur.keys.has('host/h')).toBe(status === 201 && policy.includes('!host'));
  });

  it('lets a role in only from the addresses that its policy names', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !host { id: near, restricted_to: 127.0.0.0/8 }\n- !host { id: far, restricted_to: [ 10.1.0.0/16, 10.2.3.4 ] }\n',
    );
    const login = (id: string) =>
      conjur.ask('POST', `/authn/default/host%2F${id}/authenticate`, {
        as: null,
        body: conjur.keys.get(`host/${id}`) ?? '',
      });
    expect((await login('near')).status).toBe(200);
    expect((await login('far')).status).toBe(401);
    const shown = await conjur.ask('GET', '/resources/default/host/far');
    expect(shown.json()).toMatchObject({ restricted_to: ['10.1.0.0/16', '10.2.3.4/32'] });
  });

  it('counts the versions of a branch and shows their texts', async () => {
    const conjur = await startConjur();
    await conjur.load('- !policy b\n');
    expect((await conjur.load('- !variable one\n', { branch: 'b' })).json()).toMatchObject({ version: 1 });
    expect((await conjur.load('- !variable two\n', { branch: 'b' })).json()).toMatchObject({ version: 2 });
    const shown = await conjur.ask('GET', '/resources/default/policy/b');
    expect(shown.json()).toMatchObject({
      policy_versions: [
        {
          version: 1,
          policy_text: '- !variable one\n',
          id: 'default:policy:b',
          role: 'default:user:admin',
          client_ip: '127.0.0.1',
        },
        { version: 2, policy_text: '- !variable two\n' },
      ],
    });
  });

  it('warns of an annotation that looks like an attribute', async () => {
    const conjur = await startConjur();
    const answer = await conjur.load('- !variable { id: v, annotations: { owner: me, fine: yes } }\n');
    expect(answer.json()).toMatchObject({ warnings: [expect.stringContaining("Annotation 'owner' matches")] });
  });

  it('leaves nothing behind when the last statement is wrong', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable before\n');
    const answer = await conjur.load(
      '- !delete { record: !variable before }\n- !variable v\n- !host h\n- !grant { role: !group ghost, member: !host h }\n',
      { method: 'PATCH' },
    );
    expect(answer.status).toBe(422);
    expect(await list(conjur, 'variable')).toEqual(['before']);
    expect(await list(conjur, 'host')).toEqual([]);
    expect((await conjur.load('- !variable v\n')).json()).toMatchObject({ version: 2 });
  });

  it('rehearsed shows what would be made and changed, and does neither', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable { id: v, annotations: { note: old } }\n- !variable w\n');
    const path = '/policies/default/policy/root?dryRun=true';
    const body = '- !variable { id: v, annotations: { note: new } }\n- !host h\n- !delete { record: !variable w }\n';
    const answer = await conjur.ask('PATCH', path, { body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      status: 'Valid YAML',
      created: { items: [{ identifier: { id: 'h', type: 'host', members: ['default:user:admin'] } }] },
      updated: {
        before: { items: [{ identifier: { id: 'admin' } }, { identifier: { id: 'v', annotations: { note: 'old' } } }] },
        after: { items: [{ identifier: { id: 'admin' } }, { identifier: { id: 'v', annotations: { note: 'new' } } }] },
      },
      deleted: { items: [{ identifier: { id: 'w' } }] },
    });
    expect(await list(conjur, 'variable')).toEqual(['v', 'w']);
    expect((await conjur.load('- !variable x\n')).json()).toMatchObject({ version: 2 });
  });

  it('by POST is taken for another load when it says one grant or permission twice, by PATCH it is not', async () => {
    const conjur = await startConjur({ random: () => 0.5 });
    await conjur.load('- !host h\n- !group g\n- !variable v\n');
    const twice = {
      permit: '- !permit { role: !host h, privileges: [ read, execute, read ], resource: !variable v }\n',
      grant: '- !grant { role: !group g, members: [ !host h, !host h ] }\n',
    };
    for (const policy of Object.values(twice)) {
      const answer = await conjur.load(policy);
      expect([answer.status, answer.headers['retry-after'], answer.json()]).toMatchObject([
        ...[409, '5', { error: { code: 'policy_conflict' } }],
      ]);
      expect((await conjur.load(policy, { method: 'PATCH' })).status).toBe(201);
      expect((await conjur.load(policy)).status).toBe(201);
    }
  });

  it('keeps an annotation that is a list in the notation of Ruby', async () => {
    const conjur = await startConjur();
    await conjur.load('- !variable { id: v, annotations: { list: [ a b, 1, yes, ~, [ c ] ] } }\n');
    const [annotation] = (await show(conjur, 'variable', 'v')).annotations;
    expect(annotation?.value).toBe('["a b", 1, true, nil, ["c"]]');
  });

  it('reads an annotation with two dots between slashes as a path', async () => {
    const conjur = await startConjur();
    await conjur.load(
      '- !policy { id: a/b, body: [ !variable { id: v, annotations: { see: ../../c, dots: a..b } } ] }\n',
    );
    const annotations = (await show(conjur, 'variable', 'a/b/v')).annotations.map(({ name, value }) => [name, value]);
    expect(annotations).toEqual([
      ['dots', 'a..b'],
      ['see', 'a/c'],
    ]);
    expect((await conjur.load('- !variable { id: v, annotations: { see: ../../c } }\n')).text).toContain(
      'Invalid relative reference: v/../../c',
    );
  });

  it('takes a right away last, however early in the text that stands', async () => {
    const conjur = await startConjur();
    const policy = `
- !deny { role: !host h, privileges: [ read ], resource: !variable v }
- !revoke { role: !group g, member: !host h }
- !delete { record: !variable gone }
- !host h
- !group g
- !variable v
- !variable gone
- !permit { role: !host h, privileges: [ read, execute ], resource: !variable v }
- !grant { role: !group g, member: !host h }
`;
    expect((await conjur.load(policy, { method: 'PATCH' })).status).toBe(201);
    expect(await list(conjur, 'variable')).toEqual(['v']);
    const shown = await conjur.ask('GET', '/resources/default/variable/v');
    expect(shown.json()).toMatchObject({ permissions: [{ privilege: 'execute' }] });
    expect((await conjur.ask('GET', '/roles/default/host/h?all')).json()).toEqual(['default:host:h']);
  });

  it('by PUT needs the right to all that is below the branch, and by PATCH to the branch', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host one
- !policy { id: b, body: [ !policy inner, !user alice ] }
- !variable beside
- !permit { role: !host one, privileges: [ update ], resource: !policy b }
`);
    const put = () => conjur.load('- !variable v\n', { branch: 'b', method: 'PUT', as: 'host/one' });
    expect((await put()).status).toBe(403);
    expect((await conjur.load('- !group g\n', { branch: 'b', method: 'PATCH', as: 'host/one' })).status).toBe(201);
    await conjur.load(
      '- !permit { role: !host one, privileges: [ update ], resources: [ !policy b/inner, !group b/g ] }\n',
    );
    expect((await put()).status).toBe(201);
    expect((await put()).status).toBe(403);
  });

  it('adds addresses by POST and sets them by PATCH', async () => {
    const conjur = await startConjur();
    const shown = async () =>
      (await conjur.ask('GET', '/resources/default/host/h')).json<{ restricted_to: string[] }>().restricted_to;
    await conjur.load('- !host { id: h, restricted_to: [ 10.1.0.0/16, 10.2.3.4 ] }\n');
    await conjur.load('- !host { id: h, restricted_to: [ 10.2.3.4, 10.3.0.0/16 ] }\n');
    expect(await shown()).toEqual(['10.1.0.0/16', '10.2.3.4/32', '10.3.0.0/16']);
    await conjur.load('- !host { id: h, restricted_to: 10.4.0.0/16 }\n', { method: 'PATCH' });
    expect(await shown()).toEqual(['10.4.0.0/16']);
    await conjur.load('- !host h\n', { method: 'PATCH' });
    expect(await shown()).toEqual([]);
  });

  it('rehearsed shows the owner of a new role as changed, with what is new at the end of its lists', async () => {
    const conjur = await startConjur();
    await conjur.load('- !host z\n');
    const path = '/policies/default/policy/root?dryRun=%20TRUE';
    const answer = await conjur.ask('POST', path, { body: '- !host a\n' });
    expect(answer.json()).toMatchObject({
      updated: {
        before: { items: [{ identifier: { id: 'admin', policy: null } }] },
        after: {
          items: [
            {
              identifier: {
                memberships: ['default:host:z', 'default:policy:root', 'default:user:admin', 'default:host:a'],
              },
            },
          ],
        },
      },
    });
  });

  it('rehearsed masks what the role does not see', async () => {
    const conjur = await startConjur();
    await conjur.load(`
- !host maker
- !policy keys
- !permit { role: !host maker, privileges: [ create ], resource: !policy keys }
`);
    const body =
      '- !variable one\n- !variable two\n- !permit { role: !host /maker, privileges: [ read ], resource: !variable two }\n';
    const answer = await conjur.ask('POST', '/policies/default/policy/keys?dryRun=true', { body, as: 'host/maker' });
    const hidden = { identifier: 'default:variable:[REDACTED]', type: 'variable' };
    expect(answer.json<{ created: unknown }>().created).toEqual({
      items: [
        { identifier: hidden, type: null },
        {
          identifier: {
            identifier: 'default:variable:keys/two',
            id: 'keys/two',
            type: 'variable',
            owner: 'default:policy:keys',
            policy: 'default:policy:keys',
            permitted: { read: ['default:host:[REDACTED]'] },
            annotations: {},
          },
          ...{ id: null, type: null, owner: null, policy: null, permitted: null, annotations: null },
        },
      ],
    });
  });

  it.each([
    ['', 'policy_text is not present\n'],
    ['- !delete { record: !variable v }\n', 'policy_text may not contain deletion statements\n'],
    ['- !variable\n', "variable has a blank id\nEach resource must be identified using the 'id' field"],
    ['- !grant { role: !group g, member: !host h }\n', "Group 'g' not found in account 'default'\n"],
  ])('rehearsed says of %j what a load would refuse', async (body, message) => {
    const conjur = await startConjur();
    const answer = await conjur.ask('POST', '/policies/default/policy/root?dryRun=true', { body });
    const error = { line: null, column: null, message, context: { policy_id: 'root', offending_lines: [] } };
    expect([answer.status, answer.json()]).toEqual([422, { status: 'Invalid YAML', errors: [error] }]);
  });

  it('rehearsed tells where what could not be read began', async () => {
    const conjur = await startConjur();
    const body = '- !variable v\n- !policy\n  id: [ unclosed\n';
    const answer = await conjur.ask('POST', '/policies/default/policy/root?dryRun=true', { body });
    expect(answer.json()).toMatchObject({
      errors: [{ line: 3, column: 7, context: { offending_lines: [3] } }],
    });
  });

  it('rehearsed explains what is wrong', async () => {
    const conjur = await startConjur();
    const answer = await conjur.ask('POST', '/policies/default/policy/root?dryRun=true', { body: '- !nonsense x\n' });
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({
      status: 'Invalid YAML',
      errors: [
        { line: 1, column: 0, message: expect.stringMatching(/^Unrecognized data type '!nonsense'\nThe tag must be/) },
      ],
    });
  });
});

describe('a policy that cannot be loaded', () => {
  const invalid = (line: number, column: number, message: string) => ({
    code: 'policy_invalid',
    message: `Error at line ${line}, column ${column} in policy : ${message}`,
    innererror: { code: 'policy_invalid', filename: 'policy', line, column },
  });
  const plain = (message: string) => ({ code: 'policy_invalid', message });

  it.each([
    [
      'an unknown attribute',
      '- !variable\n  id: v\n  color: red\n- !host h\n',
      invalid(3, 0, "No such attribute 'color' on type Variable"),
    ],
    ['a number for an id', '- !variable\n  id: 12\n', invalid(2, 0, "Expected a string for field 'id', got Integer")],
    [
      'a text for an owner',
      '- !variable\n  id: v\n  owner: alice\n',
      invalid(3, 0, "Expected a Role for field 'owner', got String"),
    ],
    ['an attribute twice', '- !variable\n  id: v\n  id: w\n', invalid(2, 5, 'Duplicate attribute: id')],
    ['a mapping without a type', '- id: v\n', invalid(0, 5, 'No type given or inferred for sequence entry')],
    ['a mapping as the document', 'a: b\n', invalid(0, 2, 'Unexpected mapping')],
    [
      'an address with too many bits',
      '- !host\n  id: h\n  restricted_to: 10.0.0.1/8\n',
      invalid(
        3,
        0,
        "Invalid IP address or CIDR range '10.0.0.1/8': Value has bits set to right of mask. Did you mean '10.0.0.0/8'?",
      ),
    ],
    [
      'a network of version 6 with bits beyond its mask',
      '- !host\n  id: h\n  restricted_to: 2001:db8:0:0:1::5/64\n',
      invalid(
        3,
        0,
        "Invalid IP address or CIDR range '2001:db8:0:0:1::5/64': Value has bits set to right of mask. Did you mean '2001:db8::/64'?",
      ),
    ],
    [
      'an address of version 6 that is none',
      '- !host\n  id: h\n  restricted_to: 2001:db8::1::2\n',
      invalid(3, 0, "Invalid IP address or CIDR range '2001:db8::1::2'"),
    ],
    [
      'a mask that is written as an address',
      '- !host\n  id: h\n  restricted_to: 10.1.0.0/255.0.0.0\n',
      invalid(
        3,
        0,
        "Invalid IP address or CIDR range '10.1.0.0/255.0.0.0': Value has bits set to right of mask. Did you mean '10.0.0.0/8'?",
      ),
    ],
    [
      'a mask with a leading zero',
      '- !host\n  id: h\n  restricted_to: 10.0.0.0/08\n',
      invalid(3, 0, "Invalid IP address or CIDR range '10.0.0.0/08'"),
    ],
    [
      'a number for an address',
      '- !host\n  id: h\n  restricted_to: 10\n',
      invalid(3, 0, 'CIDR argument must be a String'),
    ],
    [
      'annotations that are left empty',
      '- !host\n  id: h\n  annotations:\n',
      invalid(3, 0, "undefined method `id=' for {}:Hash"),
    ],
    [
      'an annotation twice',
      '- !variable\n  id: v\n  annotations:\n    a: 1\n    a: 2\n',
      invalid(4, 6, 'Duplicate attribute: a'),
    ],
    ['an anchor twice', '- &a !variable x\n- &a !variable y\n', invalid(2, 0, 'Duplicate anchor a')],
    [
      'what is no address',
      '- !host\n  id: h\n  restricted_to: here\n',
      invalid(3, 0, "Invalid IP address or CIDR range 'here'"),
    ],
    [
      'a variable as a role',
      '- !variable v\n- !permit\n  role: !variable v\n',
      invalid(3, 0, "Expected a Role for field 'role', got Variable"),
    ],
    [
      'a missing role',
      '- !variable v\n- !permit { role: !user bob, privileges: [ read ], resource: !variable v }\n',
      plain("User 'bob' not found in account 'default'"),
    ],
    [
      'a missing resource',
      '- !host h\n- !permit { role: !host h, privileges: [ read ], resource: !variable v }\n',
      plain("Variable 'v' not found in account 'default'"),
    ],
    ['a missing owner', '- !variable { id: v, owner: !group g }\n', plain("Group 'g' not found in account 'default'")],
    ['a record without an id', '- !variable\n', plain('variable has a blank id')],
    ['an absolute id', '- !variable /v\n', plain('Illegal absolute id: /v')],
    [
      'a path that leaves the root',
      '- !variable { id: v, owner: !group ../g }\n',
      plain('Invalid relative reference: ../g'),
    ],
    ['a host factory without layers', '- !host-factory f\n', plain("Host factory 'f' does not include any layers")],
    [
      'a wrong indentation',
      '- !variable\n  id: v\n kind: x\n',
      plain("did not find expected '-' indicator while parsing a block collection"),
    ],
    [
      'a key without its colon',
      '- !variable\n  id: v\n  kind\n  mime_type: x\n',
      plain("could not find expected ':' while scanning a simple key"),
    ],
    [
      'a second document',
      '- !variable v\n---\n- !variable w\n',
      invalid(1, 3, 'Multiple YAML documents encountered. Only a single document is permitted per policy.'),
    ],
    ['a plain text in the list', '- v\n', plain('undefined method `referenced_records\' for "v":String')],
    [
      'a tab',
      '- !variable\n\tid: v\n',
      plain('found character that cannot start any token while scanning for the next token'),
    ],
    ['an open quote', '- !variable "v\n', plain('found unexpected end of stream while scanning a quoted scalar')],
    [
      'an open mapping',
      '- !variable { id: v\n',
      plain("did not find expected ',' or '}' while parsing a flow mapping"),
    ],
  ])('is refused with the reason: %s', async (_what, policy, error) => {
    const conjur = await startConjur();
    const answer = await conjur.load(policy);
    expect([answer.status, answer.json()]).toEqual([422, { error }]);
  });

  it('is refused in an account that does not exist, for want of its admin', async () => {
    const conjur = await startConjur();
    const answer = await conjur.ask('POST', '/policies/elsewhere/policy/root', { body: '- !variable v\n' });
    expect([answer.status, answer.json()]).toMatchObject([
      404,
      { error: { message: "User 'admin' not found in account 'elsewhere'" } },
    ]);
  });

  it('is refused when it is declared twice or has no text', async () => {
    const conjur = await startConjur();
    expect((await conjur.load('- !variable v\n- !variable v\n')).text).toContain("variable 'v'");
    expect((await conjur.load('')).json()).toMatchObject({ error: { message: 'policy_text is not present' } });
  });
});
