import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { fromEnv } from '../../../lib/env.ts';
import { HttpFault } from '../../../lib/http/fault.ts';
import { startClient } from '../lib/start-client.ts';
import { createExchangeDispatcher, EMPTY_ANSWER, type Exchange, exchangeBy } from '../rotation/support/exchange.ts';

const NAME = 'app/key';

/** What befalls the first write on its way. */
interface Loss {
  /** Whether Conjur got it. */
  readonly arrives: boolean;
  /** What comes back in place of the answer. */
  readonly answer: 'broken' | 'timeout' | number;
  /** What somebody else writes before the client goes on. */
  readonly meanwhile?: string;
}

interface Writing {
  readonly client: ConjurClient;
  /** Somebody else. */
  readonly admin: ConjurClient;
  /** Methods of the requests for the variable, in order. */
  readonly sent: string[];
  valueNow(): Promise<string>;
  lose(loss: Loss): void;
  /** From now on nothing comes back from Conjur but this. */
  loseAll(answer: Loss['answer']): void;
}

/** A local Conjur, and something in front of it that loses answers. */
async function start(login = 'admin'): Promise<Writing> {
  const { server, admin } = await startClient();
  const { createdRoles } = await admin.loadPolicy('root', POLICY);
  await admin.writeSecret(NAME, 'first');
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const send = exchangeBy(agent);
  const sent: string[] = [];
  let loss: Loss | undefined;
  let always: Loss['answer'] | undefined;
  const give = (answer: Loss['answer']) => {
    if (typeof answer === 'number') return { ...EMPTY_ANSWER, status: answer };
    throw new HttpFault(answer, 'ECONNRESET');
  };
  const exchange: Exchange = async (request) => {
    const isWanted = /\/(?:secrets|resources)\//.test(request.path);
    if (isWanted) sent.push(request.method);
    if (isWanted && always !== undefined) return give(always);
    if (loss === undefined || !isWanted || request.method !== 'POST') return send(request);
    const { arrives, answer, meanwhile } = loss;
    loss = undefined;
    if (arrives) await send(request);
    if (meanwhile !== undefined) await admin.writeSecret(NAME, meanwhile);
    return give(answer);
  };
  const apiKey =
    login === 'admin' ? server.adminApiKey : createdRoles.get(`default:${login.replace('/', ':')}`)?.expose();
  const options = fromEnv({ CYBERARK_API_BASE: server.url, CYBERARK_USERNAME: login, CYBERARK_API_KEY: apiKey ?? '' });
  const clock = { now: Date.now, sleep: async () => undefined };
  const client = createConjurClient(options, { clock, dispatcher: createExchangeDispatcher(exchange) });
  return {
    client,
    admin,
    sent,
    valueNow: async () => (await admin.readSecret(NAME)).value.expose(),
    lose(next) {
      loss = next;
    },
    loseAll(answer) {
      always = answer;
    },
  };
}

const POLICY = `
- !host writer
- !policy
  id: app
  body: [ !variable key ]
- !permit { role: !host writer, privileges: [read, update], resource: !variable app/key }`;

describe('a write whose answer is lost', () => {
  it.each(['broken', 'timeout', 502, 504] as const)('is not sent again where it took effect (%s)', async (answer) => {
    const { client, sent, lose, valueNow } = await start();
    lose({ arrives: true, answer });
    expect(await client.writeSecret(NAME, 'mine')).toMatchObject({ version: 2 });
    expect(sent.filter((method) => method === 'POST')).toHaveLength(1);
    expect(await valueNow()).toBe('mine');
  });

  it.each(['broken', 'timeout', 502, 504] as const)('is sent again where it did not (%s)', async (answer) => {
    const { client, sent, lose, valueNow } = await start();
    lose({ arrives: false, answer });
    expect(await client.writeSecret(NAME, 'mine')).toMatchObject({ version: 2 });
    expect(sent.filter((method) => method === 'POST')).toHaveLength(2);
    expect(await valueNow()).toBe('mine');
  });

  it.each([429, 503])('is sent again without a look where the answer says that it did not (%i)', async (answer) => {
    const { client, sent, lose } = await start();
    lose({ arrives: false, answer });
    await client.writeSecret(NAME, 'mine', { reportVersion: false });
    expect(sent).toEqual(['POST', 'POST']);
  });

  it("leaves somebody else's value that came after it, where this client knows the version before", async () => {
    const { client, lose, valueNow } = await start();
    await client.writeSecret(NAME, 'before');
    lose({ arrives: true, answer: 'broken', meanwhile: 'theirs' });
    await client.writeSecret(NAME, 'mine');
    expect(await valueNow()).toBe('theirs');
  });

  it('says that its outcome is unknown where it cannot tell, and leaves what stands there', async () => {
    const { client, sent, lose, valueNow } = await start();
    lose({ arrives: true, answer: 'broken', meanwhile: 'theirs' });
    await expect(client.writeSecret(NAME, 'mine')).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('It is not known whether the value of "app/key" was written'),
    });
    expect(sent.filter((method) => method === 'POST')).toHaveLength(1);
    expect(await valueNow()).toBe('theirs');
  });

  it('does not take an old version of the same value for its own, where it knows better', async () => {
    const { client, lose, valueNow } = await start();
    await client.writeSecret(NAME, 'mine');
    await client.writeSecret(NAME, 'another');
    lose({ arrives: false, answer: 'broken', meanwhile: 'theirs' });
    await client.writeSecret(NAME, 'mine');
    expect(await valueNow()).toBe('mine');
  });

  it.each([
    ['by this client', async ({ client }: Writing) => client.deleteVariable(NAME)],
    ['by somebody else', async ({ admin }: Writing) => admin.deleteVariable(NAME)],
  ])('is not measured by the versions of a variable that was deleted (%s) and made anew', async (_, remove) => {
    const writing = await start();
    const { client, admin, lose, valueNow } = writing;
    for (const value of ['one', 'two', 'three']) await client.writeSecret(NAME, value);
    await remove(writing);
    await admin.loadPolicy('root', POLICY);
    lose({ arrives: true, answer: 'broken', meanwhile: 'theirs' });
    await expect(client.writeSecret(NAME, 'mine')).rejects.toMatchObject({ code: 'upstream_error' });
    expect(await valueNow()).toBe('theirs');
  });

  it('comes after what somebody else wrote while it was on its way', async () => {
    const { client, lose, valueNow } = await start();
    lose({ arrives: false, answer: 'timeout', meanwhile: 'theirs' });
    await client.writeSecret(NAME, 'mine');
    expect(await valueNow()).toBe('mine');
  });

  it('is looked after among many, too', async () => {
    const { client, lose, valueNow } = await start();
    lose({ arrives: true, answer: 504, meanwhile: 'theirs' });
    const { items, errors } = await client.writeSecrets([{ name: NAME, value: 'mine' }]);
    expect(items).toEqual([]);
    expect(errors).toMatchObject([{ name: NAME, error: { code: 'upstream_error' } }]);
    expect(await valueNow()).toBe('theirs');
  });

  it('is sent again by an identity that may not read, which cannot tell', async () => {
    const { client, lose, valueNow } = await start('host/writer');
    lose({ arrives: true, answer: 'broken', meanwhile: 'theirs' });
    await client.writeSecret(NAME, 'mine');
    expect(await valueNow()).toBe('mine');
  });

  it.each(['broken', 'timeout', 502, 504] as const)(
    'says that it may have happened where nothing else is known (%s)',
    async (answer) => {
      const { client, loseAll } = await start();
      loseAll(answer);
      await expect(client.writeSecret(NAME, 'mine')).rejects.toMatchObject({
        code: 'upstream_unavailable',
        message: expect.stringContaining('It is not known whether the value of "app/key" was written'),
      });
    },
  );

  it('does not say so where Conjur said that it did nothing', async () => {
    const { client, loseAll } = await start();
    loseAll(503);
    const error = await client.writeSecret(NAME, 'mine').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'upstream_unavailable' });
    expect(String(error)).not.toContain('It is not known');
  });
});
