import { describe, expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const V2 = { accept: 'application/x.secretsmgr.v2beta+json' };
const VERSIONS = ['1.21.0', '1.21.1', '1.22.0', '1.23.0', '1.24.0', '1.26.1', '1.27.1'];

async function startAs(serverVersion: string, options = {}) {
  const conjur = await startConjur({ serverVersion, ...options });
  await conjur.load(`
- !variable v
- !user { id: alice, public_key: ssh-rsa AAAA alice@laptop }
- !host { id: dark, annotations: { authn/api-key: false } }
- !host bright
`);
  return conjur;
}

/** What each version answers to a client of today: the table of docs/local-conjur-editions.md. */
const ANSWERS: readonly {
  readonly what: string;
  readonly request: readonly [method: string, path: string, asking?: object];
  readonly statuses: readonly number[];
}[] = [
  { what: 'the effective policy', request: ['GET', '/policies/default/policy/root'], statuses: at('1.21.1', 404, 200) },
  {
    what: 'branches of the V2 API',
    request: ['GET', '/branches/default', { headers: V2 }],
    statuses: at('1.23.0', 404, 200),
  },
  {
    what: 'the last rotation of a key',
    request: ['GET', '/authn/default/api_key?role=host:bright'],
    statuses: at('1.24.0', 404, 200),
  },
  { what: 'public keys', request: ['GET', '/public_keys/default/user/alice'], statuses: at('1.27.1', 200, 404) },
];

/** One status before a version, and another from it on. */
function at(version: string, before: number, after: number): number[] {
  return VERSIONS.map((other) => (VERSIONS.indexOf(other) < VERSIONS.indexOf(version) ? before : after));
}

describe.each(VERSIONS)('a server of version %s', (version) => {
  const nth = VERSIONS.indexOf(version);

  it('names itself', async () => {
    const conjur = await startAs(version);
    const page = await conjur.ask('GET', '/', { headers: { accept: 'application/json' } });
    expect(page.json()).toEqual({ version: `${version}-1` });
  });

  it.each(ANSWERS)('answers to $what as that version does', async ({ request, statuses }) => {
    const conjur = await startAs(version);
    expect((await conjur.ask(...request)).status).toBe(statuses[nth]);
  });

  it('makes a version of a value that is there, before 1.22', async () => {
    const conjur = await startAs(version);
    for (let i = 0; i < 2; i += 1) await conjur.ask('POST', '/secrets/default/variable/v', { body: 'same' });
    const shown = (await conjur.ask('GET', '/resources/default/variable/v')).json<{ secrets: unknown[] }>();
    expect(shown.secrets).toHaveLength(nth < VERSIONS.indexOf('1.22.0') ? 2 : 1);
  });

  it('gives tokens that say when they expire, from 1.22 on; all of them live', async () => {
    let now = Date.now();
    const conjur = await startAs(version, { now: () => now });
    const token = JSON.parse(Buffer.from(await conjur.tokenOf('admin'), 'base64').toString());
    const claims = JSON.parse(Buffer.from(token.payload, 'base64url').toString());
    expect('exp' in claims).toBe(nth >= VERSIONS.indexOf('1.22.0'));
    now += 479_000;
    expect((await conjur.ask('GET', '/whoami')).status).toBe(200);
    now += 2000;
    expect((await conjur.ask('GET', '/whoami')).status).toBe(401);
  });

  it('loads what was to be a dry run, before 1.21.1', async () => {
    const conjur = await startAs(version);
    await conjur.ask('POST', '/policies/default/policy/root?dryRun=true', { body: '- !variable dry' });
    const shown = await conjur.ask('GET', '/resources/default/variable/dry');
    expect(shown.status).toBe(nth === 0 ? 200 : 404);
  });

  it('tells of a dry run in flat items, from 1.25 on', async () => {
    if (nth === 0) return;
    const conjur = await startAs(version);
    const dry = await conjur.ask('POST', '/policies/default/policy/root?dryRun=true', { body: '- !variable dry' });
    const [item] = dry.json<{ created: { items: { identifier: unknown }[] } }>().created.items;
    const isFlat = nth >= VERSIONS.indexOf('1.26.1');
    expect(item?.identifier).toEqual(
      isFlat ? 'default:variable:dry' : expect.objectContaining({ identifier: 'default:variable:dry' }),
    );
    await conjur.load('- !policy { id: p, body: [ !group b ] }');
    const grown = await conjur.ask('POST', '/policies/default/policy/p?dryRun=true', { body: '- !group a' });
    const { items } = grown.json<{ updated: { after: { items: { identifier: unknown; memberships: string[] }[] } } }>()
      .updated.after;
    const groups = ['default:group:p/a', 'default:group:p/b'];
    expect(items[0]).toMatchObject(
      isFlat ? { memberships: groups } : { identifier: { memberships: groups.toReversed() } },
    );
  });

  it('refuses an api key that an annotation switches off, from 1.26.1 on', async () => {
    const conjur = await startAs(version);
    const login = (name: string) =>
      conjur.ask('POST', `/authn/default/host%2F${name}/authenticate`, {
        as: null,
        body: conjur.keys.get(`host/${name}`) ?? '',
      });
    expect((await login('dark')).status).toBe(nth < VERSIONS.indexOf('1.26.1') ? 200 : 401);
    expect((await login('bright')).status).toBe(200);
  });

  it('logs parameters that an endpoint does not define, from 1.27 on', async () => {
    const log: string[] = [];
    const conjur = await startAs(version, { log: (line: string) => log.push(line) });
    expect((await conjur.ask('GET', '/resources/default?nope=1&kind=host')).status).toBe(200);
    expect(log).toEqual(
      nth < VERSIONS.indexOf('1.27.1') ? [] : ['GET /resources/default: Unexpected parameters: nope'],
    );
  });
});

describe('a server that is strict about parameters', () => {
  it.each([
    ['GET', '/resources/default?kind=variable&search=v&limit=1&offset=0'],
    ['GET', '/resources/default/variable?count=true&role=default:user:admin'],
    ['GET', '/resources/default/variable/v?check=true&privilege=read&role=default:user:admin'],
    ['GET', '/resources/default/variable/v?permitted_roles=true&privilege=read'],
    ['GET', '/secrets?variable_ids=default:variable:v'],
    ['GET', '/secrets/?variable_ids=default:variable:v'],
    ['GET', '/secrets/default/variable/v?version=1'],
    ['GET', '/roles/default/user/alice?members&search=x&limit=5'],
    ['GET', '/policies/default/policy/root?depth=1&limit=1000'],
    ['PUT', '/authn/default/api_key?role=host:bright'],
  ])('takes what an endpoint defines: %s %s', async (method, path) => {
    const conjur = await startAs('1.27.1', { strictParameters: true });
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'value' });
    expect((await conjur.ask(method, path)).status).toBeLessThan(300);
  });

  it.each([
    ['GET', '/resources/default?kinds=variable'],
    ['GET', '/resources/default/variable/v?limit=1'],
    ['GET', '/secrets/default/variable/v?kind=x'],
    ['POST', '/secrets/default/variable/v?fresh=true'],
    ['GET', '/whoami?x=1'],
  ])('refuses what it does not: %s %s', async (method, path) => {
    const conjur = await startAs('1.27.1', { strictParameters: true });
    const answer = await conjur.ask(method, path, { body: method === 'POST' ? 'value' : '' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Unexpected parameters');
  });
});
