import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../lib/client.ts';
import { createFaultProxy, type FaultProxy } from '../faults/fault-proxy/create-fault-proxy.ts';
import { createIdleSocketClosed } from '../faults/fault-proxy/faults/idle-socket-closed.ts';
import { createIdleSocketDead } from '../faults/fault-proxy/faults/idle-socket-dead.ts';
import { createSlowFirstByte } from '../faults/fault-proxy/faults/slow-first-byte.ts';
import { settingsFor } from '../support/settings.ts';
import { type FrozenContainer, startContainer } from './frozen-container.ts';

const TOKEN_LIFE_SECONDS = 10;
/** Longer than a token lives. */
const FREEZE_MS = 11_000;

const canStop = existsSync('/proc/self/stat');
if (!canStop)
  process.stderr.write(
    '\nFREEZE TESTS DID NOT RUN: this system has no /proc to see by whether a process is stopped.\n',
  );

let conjur: LocalConjur;
let admin: ConjurClient;
/** Authentications so far, by who asks for them. */
const logins = new Map<string, number>();

beforeAll(async () => {
  conjur = await createLocalConjur({
    tokenTtlSeconds: TOKEN_LIFE_SECONDS,
    policyLoadMs: 0,
    onRequest: ({ path, login = '' }) => {
      if (path.endsWith('/authenticate')) logins.set(login, (logins.get(login) ?? 0) + 1);
    },
  });
  admin = createConjurClient(settingsFor(conjur));
});

afterAll(async () => {
  await admin?.close();
  await conjur?.close();
});

interface Scene {
  readonly container: FrozenContainer;
  readonly proxy: FaultProxy;
  readonly name: string;
  readonly login: string;
  authentications(): number;
}

/**
 * A container of its own behind a proxy, logged in as a host of its own, warm: it has read once. It ends with the test whose context
 * is given: tests that run side by side have no other way to tell whose it is.
 */
async function startScene(id: string, { onTestFinished }: TestContext): Promise<Scene> {
  const name = `${id}/secret`;
  const policy = `
- !policy
  id: ${id}
  owner: !user admin
  body:
  - !host app
  - !variable secret
  - !permit { role: !host app, privileges: [read, execute, update], resource: !variable secret }
`;
  const { createdRoles } = await admin.loadPolicy('root', policy);
  await admin.writeSecret(name, `first value of ${id}`, { reportVersion: false });
  const { hostname: host, port } = new URL(conjur.url);
  const proxy = await createFaultProxy({ target: { host, port: Number(port) } });
  const login = `host/${id}/app`;
  const container = startContainer({
    CYBERARK_API_BASE: proxy.url,
    CYBERARK_USERNAME: login,
    CYBERARK_API_KEY: createdRoles.get(`default:host:${id}/app`)?.expose() ?? '',
    CYBERARK_TIMEOUT_MS: '5000',
  });
  onTestFinished(async () => {
    container.close();
    await proxy.close();
  });
  await container.invoke('read-secret', { name });
  await container.invoke('write-secret', { name, value: `value of ${id}`, version: false });
  return { container, proxy, name, login, authentications: () => logins.get(login) ?? 0 };
}

const readValue = async (answer: Promise<unknown>): Promise<string> => ((await answer) as { value: string }).value;

describe.runIf(canStop)(
  `a container that was stopped for ${FREEZE_MS} ms, with tokens that live ${TOKEN_LIFE_SECONDS} s`,
  () => {
    it.concurrent('answers the request that was waiting for it', async (context) => {
      const { container, name, authentications } = await startScene('idle', context);
      const before = authentications();
      let answer: Promise<unknown> | undefined;
      await container.freeze(FREEZE_MS, () => {
        answer = container.invoke('read-secret', { name });
      });
      expect(await readValue(answer as Promise<unknown>)).toBe('value of idle');
      expect(authentications()).toBe(before + 1);
      expect(container.unhandled).toEqual([]);
    });

    it.concurrent.for<[string, () => ReturnType<typeof createIdleSocketClosed>]>([
      ['closed', createIdleSocketClosed],
      ['forgotten', createIdleSocketDead],
    ])('answers, reads and writes, though its connections were %s meanwhile', async ([how, createFault], context) => {
      const { container, proxy, name } = await startScene(how, context);
      await container.freeze(FREEZE_MS, () => proxy.setFault(createFault()));
      expect(await readValue(container.invoke('read-secret', { name }))).toBe(`value of ${how}`);
      await container.freeze(1_000, () => proxy.setFault(createFault()));
      await container.invoke('write-secret', { name, value: 'after', version: false });
      expect((await admin.readSecret(name)).value.expose()).toBe('after');
      expect(container.unhandled).toEqual([]);
    });

    it.concurrent('finishes the write that it was in the middle of', async (context) => {
      const { container, proxy, name } = await startScene('midst', context);
      await proxy.setFault(createSlowFirstByte({ delayMs: 2_000 }), {
        match: (line) => line.startsWith('POST /secrets/'),
        times: 1,
      });
      const answer = container.invoke('write-secret', { name, value: 'written around a freeze', version: false });
      await expect.poll(() => proxy.requests.faulted, { timeout: 10_000 }).toBe(1);
      await container.freeze(FREEZE_MS);
      expect(await answer).toMatchObject({ name, created: false });
      expect((await admin.readSecret(name)).value.expose()).toBe('written around a freeze');
      expect(await readValue(container.invoke('read-secret', { name }))).toBe('written around a freeze');
      expect(container.unhandled).toEqual([]);
    });

    it.concurrent('comes through a freeze in the middle of a refresh', async (context) => {
      const { container, proxy, name, authentications } = await startScene('refresh', context);
      const before = authentications();
      await proxy.setFault(createSlowFirstByte({ delayMs: 2_000 }), {
        match: (line) => line.includes('/authenticate '),
        times: 1,
      });
      // Past 85 % of the token's life, and before its end.
      await expect
        .poll(() => poke(container, name, authentications, before), { timeout: 15_000, interval: 200 })
        .toBe(true);
      const answer = container.invoke('read-secret', { name });
      await container.freeze(FREEZE_MS);
      expect(await readValue(answer)).toBe('value of refresh');
      expect(await readValue(container.invoke('read-secret', { name }))).toBe('value of refresh');
      expect(container.unhandled).toEqual([]);
    });
  },
);

/** Asks without waiting for the answer; true once that has set off a refresh, which the proxy holds up. */
async function poke(
  container: FrozenContainer,
  name: string,
  authentications: () => number,
  before: number,
): Promise<boolean> {
  void container.invoke('read-secret', { name }).catch(() => undefined);
  await delay(20);
  return authentications() > before;
}
