import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

const POLICY = `
- !policy
  id: apps
  body:
  - !layer workers
  - !host-factory { id: factory, layers: [ !layer workers ] }
- !variable v
- !permit { role: !layer apps/workers, privileges: [ read, execute ], resource: !variable v }
- !host stranger
`;
const FACTORY = 'default:host_factory:apps/factory';
const NOON = Date.UTC(2026, 10, 1, 12);

async function startFactory(now = () => NOON, options = {}) {
  const conjur = await startConjur({ now, ...options });
  await conjur.load(POLICY);
  return conjur;
}

interface Told {
  readonly token: string;
  readonly expiration: string;
  readonly cidr: string[];
}

function form(values: Record<string, string | string[]>): { body: string; headers: Record<string, string> } {
  const body = new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  );
  return { body: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

async function makeTokens(conjur: ConjurUnderTest, more: Record<string, string | string[]> = {}): Promise<Told[]> {
  const asked = form({ host_factory: FACTORY, expiration: '2026-11-01T13:00:00', ...more });
  const answer = await conjur.ask('POST', '/host_factory_tokens', asked);
  expect(answer.status).toBe(200);
  return answer.json<Told[]>();
}

function makeHost(conjur: ConjurUnderTest, token: string, more: Record<string, string> = {}) {
  const { body, headers } = form({ id: 'fresh', ...more });
  const authorization = `Token token="${token}"`;
  return conjur.ask('POST', '/host_factories/hosts', { as: null, body, headers: { ...headers, authorization } });
}

describe('tokens of a host factory', () => {
  it('are made as many as asked for, with their networks and a time of expiry', async () => {
    const conjur = await startFactory();
    const tokens = await makeTokens(conjur, { count: '2', 'cidr[]': ['127.0.0.1', '10.0.0.0/8'] });
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(2);
    expect(tokens[0]).toMatchObject({ expiration: '2026-11-01T13:00:00Z', cidr: ['127.0.0.1/32', '10.0.0.0/8'] });
  });

  it.each([
    ['no expiration', { expiration: '' }],
    ['an expiration that is no time', { expiration: 'tomorrow' }],
    ['an expiration that is over', { expiration: '2026-11-01T11:59:59Z' }],
    ['an expiration that is over where it was written', { expiration: '2026-11-01T13:00:00+02:00' }],
    ['no number of tokens', { count: '0' }],
    ['a network that is none', { 'cidr[]': ['10.0.0.1/8'] }],
    ['something else than a host factory', { host_factory: 'default:layer:apps/workers' }],
  ])('are refused for %s', async (_what, more) => {
    const conjur = await startFactory();
    const asked = form({ host_factory: FACTORY, expiration: '2026-11-01T13:00:00Z', ...more });
    expect((await conjur.ask('POST', '/host_factory_tokens', asked)).status).toBe(422);
  });

  it('are shown with the factory until they are revoked', async () => {
    const conjur = await startFactory();
    const shown = async () =>
      (await conjur.ask('GET', '/resources/default/host_factory/apps%2Ffactory')).json<{ tokens: Told[] }>().tokens;
    const made = [...(await makeTokens(conjur, { 'cidr[]': ['10.0.0.0/8'] })), ...(await makeTokens(conjur))];
    expect(await shown()).toEqual(made);
    await conjur.ask('DELETE', `/host_factory_tokens/${made[0]?.token}`);
    expect(await shown()).toEqual(made.slice(1));
  });

  it('are not found by who does not see the factory', async () => {
    const conjur = await startFactory();
    const asked = form({ host_factory: FACTORY, expiration: '2026-11-01T13:00:00Z' });
    expect((await conjur.ask('POST', '/host_factory_tokens', { ...asked, as: 'host/stranger' })).status).toBe(404);
    const [made] = await makeTokens(conjur);
    const path = `/host_factory_tokens/${made?.token}`;
    expect((await conjur.ask('DELETE', path, { as: 'host/stranger' })).status).toBe(404);
  });
});

describe('a host that a machine makes itself', () => {
  it('is as well named in the query, as its token is asked for there', async () => {
    const conjur = await startFactory();
    const asked = new URLSearchParams({
      host_factory: FACTORY,
      expiration: '2026-11-01T13:00:00Z',
      'cidr[]': '0.0.0.0/0',
    });
    const made = await conjur.ask('POST', `/host_factory_tokens?${asked}`);
    const authorization = `Token token="${made.json<Told[]>()[0]?.token}"`;
    const host = await conjur.ask('POST', '/host_factories/hosts?id=queried', { as: null, headers: { authorization } });
    expect([host.status, host.json<{ id: string }>().id]).toEqual([201, 'default:host:queried']);
  });

  it('belongs to the factory, is in its layers, and logs in', async () => {
    const conjur = await startFactory();
    const [made] = await makeTokens(conjur);
    const answer = await makeHost(conjur, made?.token ?? '', { 'annotations[purpose]': 'a test' });
    expect(answer.status).toBe(201);
    const host = answer.json<{ api_key: string }>();
    expect(host).toMatchObject({
      id: 'default:host:fresh',
      owner: FACTORY,
      annotations: [{ name: 'purpose', value: 'a test' }],
    });
    conjur.keys.set('host/fresh', host.api_key);
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'value' });
    const read = await conjur.ask('GET', '/secrets/default/variable/v', { as: 'host/fresh' });
    expect(read.text).toBe('value');
  });

  it('gets a new key when it is made again, and the old one is dead', async () => {
    const conjur = await startFactory();
    const [made] = await makeTokens(conjur);
    const keys = [];
    for (let i = 0; i < 2; i += 1)
      keys.push((await makeHost(conjur, made?.token ?? '')).json<{ api_key: string }>().api_key);
    const login = (body: string | undefined) =>
      conjur.ask('POST', '/authn/default/host%2Ffresh/authenticate', { as: null, body: body ?? '' });
    expect((await login(keys[0])).status).toBe(401);
    expect((await login(keys[1])).status).toBe(200);
  });

  it('cannot be made where only a role of its name is left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'host-factory-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const data = join(folder, 'conjur.db');
    const first = await createLocalConjur({ data });
    await first.close();
    const file = new DatabaseSync(data);
    file.exec("INSERT INTO roles (role_id, created_at) VALUES ('default:host:fresh', '2026-11-01T12:00:00Z')");
    file.close();
    const conjur = await startFactory(() => NOON, { data });
    const [made] = await makeTokens(conjur);
    expect((await makeHost(conjur, made?.token ?? '')).status).toBe(403);
  });

  it("cannot take over somebody else's host, nor one below conjur/", async () => {
    const conjur = await startFactory();
    const [made] = await makeTokens(conjur);
    expect((await makeHost(conjur, made?.token ?? '', { id: 'stranger' })).status).toBe(403);
    expect((await makeHost(conjur, made?.token ?? '', { id: 'conjur/x' })).status).toBe(422);
  });

  it('gets no key unasked where the server gives none', async () => {
    const conjur = await startConjur({ now: () => NOON, apiKeysByDefault: false });
    await conjur.load(POLICY.replace('- !host stranger', ''));
    const [made] = await makeTokens(conjur);
    expect((await makeHost(conjur, made?.token ?? '')).json()).toMatchObject({ api_key: null });
    const asking = await makeHost(conjur, made?.token ?? '', { id: 'asking', 'annotations[authn/api-key]': 'true' });
    expect(asking.json()).toMatchObject({ api_key: expect.any(String) });
  });

  it.each([
    ['an unknown token', async () => 'unknown'],
    ['a token for another network', async (conjur: ConjurUnderTest) => tokenOf(conjur, { 'cidr[]': ['192.0.2.0/24'] })],
    [
      'a token that was revoked',
      async (conjur: ConjurUnderTest) => {
        const token = await tokenOf(conjur);
        expect((await conjur.ask('DELETE', `/host_factory_tokens/${token}`)).status).toBe(204);
        expect((await conjur.ask('DELETE', `/host_factory_tokens/${token}`)).status).toBe(404);
        return token;
      },
    ],
  ])('is refused with %s', async (_what, prepare) => {
    const conjur = await startFactory();
    expect((await makeHost(conjur, await prepare(conjur))).status).toBe(401);
  });

  it('is refused with a token that has expired', async () => {
    let now = NOON;
    const conjur = await startFactory(() => now);
    const token = await tokenOf(conjur);
    now += 3_600_000;
    expect((await makeHost(conjur, token)).status).toBe(401);
  });
});

async function tokenOf(conjur: ConjurUnderTest, more: Record<string, string | string[]> = {}): Promise<string> {
  return (await makeTokens(conjur, more))[0]?.token ?? '';
}
