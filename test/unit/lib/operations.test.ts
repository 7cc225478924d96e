import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import type { ConjurClient } from '../../../lib/client.ts';
import { Secret } from '../../../lib/secret.ts';
import { accessTokenText } from './access-token-text.ts';
import { FOLLOWERS, LEADER, mockConjur } from './mock-conjur.ts';

const ATTEMPTS = 3;
const expiresAt = new Date('2026-03-02T00:00:00Z');
const credential = { login: 'admin', apiKey: Secret.of('key') };
type Call = (conjur: ConjurClient) => Promise<unknown>;

/** @returns where a call's requests went, of which the server answers every one with 503 */
async function sentBy(call: Call): Promise<string[]> {
  const environment = { CYBERARK_MAX_ATTEMPTS: String(ATTEMPTS), CYBERARK_READ_API_BASE: FOLLOWERS[0] };
  const { conjur, seen } = mockConjur(() => ({ status: 503 }), environment);
  await expect(call(conjur)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  return seen.map(({ origin }) => origin);
}

describe('while Conjur is away', () => {
  it.each<[string, Call]>([
    ['a secret', (conjur) => conjur.readSecret('a')],
    ['some secrets', (conjur) => conjur.readSecrets(['a', 'b'])],
    ['a list', (conjur) => conjur.listVariables()],
    ['an identity', (conjur) => conjur.whoami()],
  ])('%s is asked for again, of a follower and of the leader', async (_, call) => {
    const sent = await sentBy(call);
    expect(sent).toHaveLength(ATTEMPTS);
    expect(new Set(sent)).toEqual(new Set([FOLLOWERS[0], LEADER]));
  });

  it.each<[string, Call]>([
    ['a secret of the leader', (conjur) => conjur.readSecret('a', { fromLeader: true })],
    ['a variable', (conjur) => conjur.showVariable('a')],
    ['a privilege', (conjur) => conjur.isPermitted('a', 'read')],
    ['the last rotation', (conjur) => conjur.lastRotation('host:a')],
    ['a policy load', (conjur) => conjur.loadPolicy('root', '- !host a')],
    ['a deletion', (conjur) => conjur.deleteVariable('a')],
    ['a revocation', (conjur) => conjur.revokeHostFactoryToken('token')],
    ['a rotation that may be repeated', (conjur) => conjur.rotateApiKeyOf('host:a', { repeat: true })],
  ])('%s is asked for again, of the leader', async (_, call) => {
    expect(await sentBy(call)).toEqual(Array(ATTEMPTS).fill(LEADER));
  });

  it.each<[string, Call]>([
    ['a rotation of its own key', (conjur) => conjur.rotateApiKey({ credential })],
    ["a rotation of another role's key", (conjur) => conjur.rotateApiKeyOf('host:a')],
    ["a host factory's token", (conjur) => conjur.createHostFactoryTokens('a', { expiresAt })],
    ['a host', (conjur) => conjur.createHost('token', 'a')],
  ])('%s is sent to the leader once', async (_, call) => {
    expect(await sentBy(call)).toEqual([LEADER]);
  });
});

describe('a version that was seen before', () => {
  /** A client that has written `a`, which has version 1 each time that it is looked at. */
  async function afterWrite(environment = {}) {
    const { conjur, seen } = mockConjur(({ method, path }) => {
      if (path.startsWith('/policies/')) return { status: 201, body: '{"created_roles":{},"version":1}' };
      if (method !== 'GET') return { status: 201 };
      return { status: 200, body: '{"id":"default:variable:a","secrets":[{"version":1}]}' };
    }, environment);
    await conjur.writeSecret('a', 'value');
    return { conjur, seen };
  }

  it.each<[string, Call, boolean | undefined]>([
    ['nothing', async () => undefined, false],
    ['an addition', (conjur) => conjur.loadPolicy('root', '- !host b'), false],
    ['an addition that says so', (conjur) => conjur.loadPolicy('root', '- !host b', { mode: 'add' }), false],
    ['a trial', (conjur) => conjur.loadPolicy('root', '- !host b', { mode: 'replace', dryRun: true }), false],
    ['an update', (conjur) => conjur.loadPolicy('root', '- !host b', { mode: 'update' }), undefined],
    ['a replacement', (conjur) => conjur.loadPolicy('root', '- !host b', { mode: 'replace' }), undefined],
    ['its deletion', (conjur) => conjur.deleteVariable('a'), undefined],
    ['another one’s deletion', (conjur) => conjur.deleteVariable('b').catch(() => undefined), false],
  ])('is compared with the next, after %s', async (_, between, changed) => {
    const { conjur } = await afterWrite();
    await between(conjur);
    expect(await conjur.writeSecret('a', 'value')).toMatchObject({ version: 1, changed });
  });

  it('is looked at unless the writer does not want to know it', async () => {
    const { conjur, seen } = await afterWrite();
    expect(await conjur.writeSecret('a', 'value', { reportVersion: false })).toMatchObject({ version: undefined });
    const { items } = await conjur.writeSecrets([{ name: 'a', value: 'value' }], { reportVersion: false });
    expect(items).toMatchObject([{ version: undefined }]);
    expect(seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
    expect((await conjur.writeSecrets([{ name: 'a', value: 'value' }])).items).toMatchObject([{ version: 1 }]);
  });
});

describe('a client without an api key', () => {
  const JWT = { CYBERARK_API_KEY: '', CYBERARK_AUTHN_JWT: 'x', CYBERARK_AUTHN_SERVICE_ID: 'ci' };

  it('rotates none of its own, and any that is passed', async () => {
    const { conjur } = mockConjur(() => ({ status: 200, body: 'k'.repeat(40) }), JWT);
    await expect(conjur.rotateApiKey()).rejects.toMatchObject({
      ...{ code: 'invalid_request', message: expect.stringContaining('does not log in with an api key') },
    });
    expect((await conjur.rotateApiKey({ credential })).expose()).toBe('k'.repeat(40));
  });
});

it.each<[string, Call]>([
  ["Secrets Manager SaaS does not rotate another role's api key", (conjur) => conjur.rotateApiKeyOf('host:a')],
  [
    'Secrets Manager SaaS does not check a policy without loading it',
    (conjur) => conjur.loadPolicy('data', '- !host a', { dryRun: true }),
  ],
])('before anything is sent it is said that %s', async (words, call) => {
  const { conjur, seen } = mockConjur(() => ({ status: 500 }), { CYBERARK_EDITION: 'saas' });
  await expect(call(conjur)).rejects.toMatchObject({
    ...{ code: 'invalid_request', message: expect.stringContaining(words) },
  });
  expect(seen).toEqual([]);
});

describe('of many names, no more requests are under way at once than spares the others', () => {
  /** Answers each request two turns after it came, and counts those that wait. */
  function countWaiting() {
    const counts = { waiting: 0, most: 0, all: 0 };
    const answerTo = ({ path, body }: Dispatcher.DispatchOptions): [status: number, body: string] => {
      if (path.endsWith('/authenticate')) return [200, accessTokenText()];
      if (!path.endsWith('/values')) return [201, ''];
      const { ids } = JSON.parse(String(body)) as { ids: string[] };
      return [200, JSON.stringify({ secrets: ids.map((id) => ({ id, value: 'value', status: 200 })) })];
    };
    const dispatcher = {
      dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
        counts.waiting += 1;
        counts.all += 1;
        counts.most = Math.max(counts.most, counts.waiting);
        const [status, body] = options.method === 'GET' ? [200, 'value'] : answerTo(options);
        const controller = {} as Dispatcher.DispatchController;
        const answer = () => {
          counts.waiting -= 1;
          handler.onResponseStart?.(controller, status, {}, '');
          handler.onResponseData?.(controller, Buffer.from(body));
          handler.onResponseEnd?.(controller, {});
        };
        setImmediate(() => setImmediate(answer));
        return true;
      },
    } as unknown as Dispatcher;
    return { dispatcher, counts };
  }

  const namesOf = (count: number, suffix = '') => Array.from({ length: count }, (_, index) => `data/${index}${suffix}`);
  const writesOf = (count: number) => namesOf(count).map((name) => ({ name, value: 'value' }));

  it.each<[string, string, number, number, Call]>([
    // No batch can ask for a name with a comma in it.
    ['reads', 'self-hosted', 4, 20, (conjur) => conjur.readSecrets(namesOf(20, ',x'))],
    ['reads', 'saas', 4, 20, (conjur) => conjur.readSecrets(namesOf(5_000))],
    ['writes', 'self-hosted', 16, 40, (conjur) => conjur.writeSecrets(writesOf(40), { reportVersion: false })],
    ['writes', 'saas', 16, 40, (conjur) => conjur.writeSecrets(writesOf(40), { reportVersion: false })],
  ])('%s, %s: %i of %i', async (_, edition, most, all, call) => {
    const { dispatcher, counts } = countWaiting();
    const { conjur } = mockConjur(() => ({ status: 500 }), { CYBERARK_EDITION: edition }, { dispatcher });
    await conjur.authenticate();
    counts.all = 0;
    const { items } = (await call(conjur)) as { items: readonly unknown[] };
    expect(items.length).toBeGreaterThanOrEqual(all);
    expect(counts).toEqual({ waiting: 0, most, all });
  });
});
