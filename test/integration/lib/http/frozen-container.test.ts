import { describe, expect, it, onTestFinished } from 'vitest';
import type { AttemptReport } from '../../../../lib/http/request.ts';
import { createFaultProxy } from '../../../faults/fault-proxy/create-fault-proxy.ts';
import { createIdleSocketDead } from '../../../faults/fault-proxy/faults/idle-socket-dead.ts';
import { MovableClock } from '../movable-clock.ts';
import { startClient } from '../start-client.ts';

async function start() {
  const clock = new MovableClock();
  const attempts: AttemptReport[] = [];
  const { server, connect } = await startClient();
  const { hostname: host, port } = new URL(server.url);
  const proxy = await createFaultProxy({ target: { host, port: Number(port) } });
  onTestFinished(() => proxy.close());
  const environment = { CYBERARK_API_BASE: proxy.url, CYBERARK_API_KEY: server.adminApiKey };
  const conjur = connect(environment, { clock, onAttempt: (report) => attempts.push(report) });
  await conjur.writeSecret('a', 'value');
  // Some connections for the pool.
  await Promise.all(Array.from({ length: 5 }, () => conjur.readSecret('a')));
  attempts.length = 0;
  // What is open now is lost, as what a NAT has forgotten, and nothing tells the client.
  const forgetAll = () => proxy.setFault(createIdleSocketDead());
  return { attempts, clock, conjur, forgetAll, proxy };
}

describe('a container that was frozen', () => {
  it('for long finds none of its old connections in use: nothing fails, not even an attempt', async () => {
    const { attempts, clock, conjur, forgetAll } = await start();
    await forgetAll();
    clock.move(16_000);
    expect((await conjur.readSecret('a')).value.expose()).toBe('value');
    expect(attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 200]]);
  });

  it('for a moment meets dead connections without an error or a pause', async () => {
    const { attempts, clock, conjur, forgetAll } = await start();
    await forgetAll();
    const values = await Promise.all(Array.from({ length: 10 }, () => conjur.readSecret('a')));
    expect(values.map(({ value }) => value.expose())).toEqual(Array.from({ length: 10 }, () => 'value'));
    expect(attempts.some(({ fault }) => fault !== undefined)).toBe(true);
    expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBe(2);
    expect(clock.skippedMs).toBe(0);
  });

  it('sends what may be sent only once over a connection of its own', async () => {
    const { attempts, conjur, forgetAll } = await start();
    await forgetAll();
    await conjur.rotateApiKey();
    expect(attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 200]]);
  });

  it('keeps its connections where it was not idle', async () => {
    const { clock, conjur, proxy } = await start();
    const opened = proxy.connections.accepted;
    for (let i = 0; i < 5; i += 1) {
      clock.move(14_000);
      await conjur.readSecret('a');
    }
    expect(proxy.connections.accepted).toBe(opened);
  });
});
