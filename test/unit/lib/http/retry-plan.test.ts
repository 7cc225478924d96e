import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { HttpRequest } from '../../../../lib/http/request.ts';
import {
  Circuit,
  type Outcome,
  RetryBudget,
  RetryPlan,
  type Server,
  ServerOrder,
  toServer,
} from '../../../../lib/http/retry-plan.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const READ: HttpRequest = { method: 'GET', path: '/a', action: 'reading', idempotent: true, target: 'read' };

const serverAt = (host: string): Server =>
  toServer(new URL(`http://${host}.test`), host === 'leader', new Circuit(() => 0));
const answer = (status: number, headers: Record<string, string> = {}): Outcome => ({
  response: { status, headers, body: Buffer.of(), fromLeader: false },
});
const fault = (kind: ConstructorParameters<typeof HttpFault>[0]): Outcome => ({ fault: new HttpFault(kind, 'x') });

/** A plan, and what each of its steps takes of the budget. */
function planFor({ request = READ, hosts = ['leader'], maxAttempts = 5 } = {}) {
  const servers = hosts.map(serverAt);
  const costs: number[] = [];
  class Budget extends RetryBudget {
    override spend(cost: number): boolean {
      costs.push(cost);
      return true;
    }
  }
  const leader = servers.at(-1) as Server;
  const plan = new RetryPlan(request, {
    ...{ leader, readers: servers, maxAttempts },
    ...{ budget: new Budget(), random: () => 0.5 },
  });
  /** @returns where the next attempt goes, after which wait and at which cost; undefined where the outcome is final */
  const next = (outcome: Outcome, remainingMs = 60_000) => {
    const waitMs = plan.next(outcome, NOW_MS, remainingMs);
    return waitMs === undefined ? undefined : [new URL(plan.server.origin).hostname, waitMs, costs.at(-1)];
  };
  return { plan, next, servers };
}

describe('the plan of a read from followers', () => {
  const hosts = ['first', 'second', 'leader'];

  it('makes one round free of charge and at once, and from the second on waits and pays', () => {
    const { next } = planFor({ hosts });
    expect(next(answer(503))).toEqual(['second.test', 0, 0]);
    expect(next(answer(503))).toEqual(['leader.test', 0, 0]);
    expect(next(answer(503))).toEqual(['first.test', 50, 5]);
    expect(next(answer(503))).toEqual(['second.test', 100, 5]);
    expect(next(answer(503))).toBeUndefined();
  });

  it('asks each server once where fewer attempts are allowed, and no more', () => {
    const { next, plan } = planFor({ hosts, maxAttempts: 1 });
    expect(next(fault('connect'))).toEqual(['second.test', 0, 0]);
    expect(next(fault('connect'))).toEqual(['leader.test', 0, 0]);
    expect(next(fault('connect'))).toBeUndefined();
    expect([plan.attempt, plan.endedBy, plan.heldBack]).toEqual([3, undefined, undefined]);
  });

  it('tries a broken connection anew before it goes on', () => {
    const { next, plan } = planFor({ hosts });
    expect(plan.freshConnection).toBe(false);
    expect(next(fault('broken'))).toEqual(['first.test', 0, 0]);
    expect(plan.freshConnection).toBe(true);
    expect(next(fault('broken'))).toEqual(['second.test', 0, 0]);
  });

  it('believes the leader where a follower may lag behind, and the leader alone from then on', () => {
    const { next, plan } = planFor({ hosts, request: { ...READ, confirmAtLeader: [404] } });
    expect(next(answer(404))?.slice(0, 2)).toEqual(['leader.test', 0]);
    expect([plan.attempt, plan.last]).toEqual([2, undefined]);
    expect(next(answer(503))).toEqual(['leader.test', 50, 5]);
    expect(next(answer(404))).toBeUndefined();
    expect(plan.last).toEqual(answer(404));
  });

  it('does not take an earlier answer for the one that the leader still owes', () => {
    const { next, plan } = planFor({ hosts, request: { ...READ, confirmAtLeader: [404] } });
    next(answer(503));
    expect(plan.last).toEqual(answer(503));
    next(answer(404));
    expect(plan.last).toBeUndefined();
  });

  it('goes on where one of the others may be asked, though the circuit of one is open', () => {
    const { next, servers } = planFor({ hosts: ['first', 'leader'] });
    open(servers[0]);
    expect(next(answer(503))).toEqual(['leader.test', 0, 0]);
    expect(next(answer(503))).toEqual(['leader.test', 50, 5]);
  });

  it('seeks the first server that may be asked, and says which one it has spared', () => {
    const { plan, servers } = planFor({ hosts });
    expect([plan.seekServer(NOW_MS), plan.server, plan.heldBack]).toEqual([true, servers[0], undefined]);
    open(servers[0]);
    expect([plan.seekServer(NOW_MS), plan.server]).toEqual([true, servers[1]]);
    expect(plan.heldBack).toEqual({ by: 'circuit', server: servers[0] });
    for (const server of servers) open(server);
    expect(plan.seekServer(NOW_MS)).toBe(false);
  });
});

describe('the plan of a request to one server', () => {
  it.each([
    ['a status', answer(429), 5],
    ['no connection', fault('connect'), 5],
    ['a timeout', fault('timeout'), 10],
    ['a lock', answer(409), 0],
  ])('pays for %s', (_, outcome, cost) => {
    const { next } = planFor({ request: { ...READ, target: 'leader', repeatOn: [409] } });
    expect(next(outcome)).toEqual(['leader.test', 50, cost]);
  });

  it('pays for a broken connection where the server has failed before', () => {
    const { next, servers } = planFor();
    servers[0]?.circuit.note({ weight: 1, reason: 'x' }, false, NOW_MS);
    expect(next(fault('broken'))).toEqual(['leader.test', 0, 0]);
    const again = planFor();
    again.servers[0]?.circuit.note({ weight: 2, reason: 'x' }, false, NOW_MS);
    expect(again.next(fault('broken'))).toEqual(['leader.test', 0, 5]);
  });

  it('waits as long as is left, less a millisecond', () => {
    expect(planFor().next(answer(503), 51)).toEqual(['leader.test', 50, 5]);
    expect(planFor().next(answer(503), 50)).toBeUndefined();
  });

  it('waits for nobody who will not be asked then', () => {
    const { next, plan, servers } = planFor();
    open(servers[0]);
    expect(next(answer(503, { 'retry-after': '1' }))).toEqual(['leader.test', 1_500, 5]);
    expect(next(answer(503))).toBeUndefined();
    expect([plan.endedBy, plan.heldBack]).toEqual(['circuit', { by: 'circuit', server: servers[0] }]);
  });

  it.each([
    ['is not idempotent', { ...READ, idempotent: false }, answer(503)],
    ['says nothing of it', { method: 'GET', path: '/a', action: 'reading' } as const, answer(503)],
    ['has its answer', READ, answer(200)],
    ['meets a fault that stays', READ, fault('tls')],
  ])('ends where it %s', (_, request, outcome) => {
    const { next, plan } = planFor({ request });
    expect(next(outcome)).toBeUndefined();
    expect([plan.last, plan.attempt]).toEqual([outcome, 1]);
  });
});

/** Five failures over two seconds, the last of them now: the first pause of a second begins. */
function open(server: Server | undefined): void {
  for (let left = 4; left >= 0; left -= 1) server?.circuit.note({ weight: 1, reason: 'x' }, false, NOW_MS - left * 500);
}

it('a server is its address, whose path stands in front of each request, without a slash at the end', () => {
  const circuit = new Circuit(() => 0);
  expect(toServer(new URL('https://h.test:8443/conjur/api//'), true, circuit)).toEqual({
    ...{ origin: 'https://h.test:8443', basePath: '/conjur/api', isLeader: true, circuit },
  });
  expect(toServer(new URL('https://h.test'), false, circuit).basePath).toBe('');
});

it('a server that could be reached again is asked in its turn at once', () => {
  const servers = ['first', 'second', 'leader'].map(serverAt);
  const [first, second, leader] = servers as [Server, Server, Server];
  const order = new ServerOrder(servers);
  // Every request asks for this: no list is made anew for it.
  expect(order.at(NOW_MS)).toBe(servers);
  order.note(first, false, NOW_MS);
  order.note(second, false, NOW_MS);
  expect(order.at(NOW_MS)).toEqual([leader, first, second]);
  order.note(first, true, NOW_MS + 1);
  expect(order.at(NOW_MS + 1)).toEqual([first, leader, second]);
  expect(order.at(NOW_MS + 29_999)).toEqual([first, leader, second]);
  expect(order.at(NOW_MS + 30_000)).toEqual([first, second, leader]);
});
