import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../functions/runtime/container.ts';
import { createFunction, type FunctionDefinition } from '../../../../functions/runtime/create-function.ts';
import { jsonReply } from '../../../../functions/runtime/http.ts';
import { createLogger } from '../../../../functions/runtime/log.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { AttemptReport, HeldBackReport } from '../../../../lib/http/request.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const clock = { now: () => NOW_MS, sleep: async () => undefined };
const attempt = (number: number, durationMs: number): AttemptReport => ({
  method: 'GET',
  action: 'reading',
  attempt: number,
  durationMs,
  server: 'https://conjur.example.com',
  status: 200,
});

/** A function whose work is given, and the lines that it logs. */
function start(
  work: (report: (attempt: AttemptReport) => void, deadline: Deadline) => Promise<string>,
  refreshFailure?: Error,
  heldBack: HeldBackReport[] = [],
) {
  const lines: Record<string, unknown>[] = [];
  let attempts: AttemptReport[] = [];
  const container = {
    settings: {},
    clock,
    logger: createLogger((line) => lines.push(JSON.parse(line)), clock.now),
    takeAttempts: () => {
      const taken = attempts;
      attempts = [];
      return taken;
    },
    takeHeldBack: () => heldBack,
    takeRefreshFailure: () => refreshFailure,
    conjur: { tokenAgeMs: () => 1_234, idle: async () => undefined },
  } as unknown as Container;
  const definition: FunctionDefinition<{ name: string }, string> = {
    name: 'read-secret',
    parseHttp: () => ({ name: 'app/db' }),
    parseDirect: () => ({ name: 'app/db' }),
    connect: (connected) => connected,
    handle: (_, __, deadline) => work((report) => attempts.push(report), deadline),
    toReply: (_, answer) => jsonReply(200, { answer }),
    toDirect: (_, answer) => ({ answer }),
    describe: ({ name }) => ({ call: 'read', name }),
  };
  const handler = createFunction(definition, { container });
  const context = () => ({ awsRequestId: 'request-1', getRemainingTimeInMillis: () => 5_000 }) as unknown as Context;
  return { call: (event: unknown) => handler(event, context()), lines };
}

const httpEvent = {
  requestContext: { http: { method: 'GET' }, requestId: 'api-1' },
  headers: { 'x-correlation-id': 'order-17' },
};
const fail = (code: ConstructorParameters<typeof ConjurError>[0]) => async () => {
  throw new ConjurError(code, `It is ${code}.`);
};

describe('the line of an invocation', () => {
  it('says what was done, how long Conjur took, the retries and the age of the token', async () => {
    const { call, lines } = start(async (report) => {
      report(attempt(1, 20));
      report(attempt(2, 30));
      return 'a value';
    });
    expect(await call({ name: 'app/db' })).toEqual({ answer: 'a value' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      message: 'done',
      function: 'read-secret',
      call: 'read',
      name: 'app/db',
      outcome: 'ok',
      service: 'conjur-functions',
      function_request_id: 'request-1',
      correlationId: 'request-1',
      conjurRequests: 2,
      conjurMs: 50,
      retries: 1,
      tokenAgeMs: 1_234,
    });
    expect(JSON.stringify(lines)).not.toContain('a value');
  });

  it('carries the metrics, in the format that CloudWatch takes out of a log', async () => {
    const { call, lines } = start(async (report) => {
      report(attempt(1, 20));
      return '';
    });
    await call({});
    const [line] = lines;
    expect(line).toMatchObject({ function_name: 'read-secret', ConjurTime: 20 });
    expect(line?._aws).toEqual({
      Timestamp: NOW_MS,
      CloudWatchMetrics: [
        {
          Namespace: 'conjur-functions',
          Dimensions: [['function_name']],
          Metrics: [{ Name: 'ConjurTime', Unit: 'Milliseconds' }],
        },
      ],
    });
  });

  it('says what was held back from a Conjur that fails, and why, and counts it as a metric', async () => {
    const held = { method: 'GET', action: 'reading', server: 'https://conjur.example.com' };
    const reports = [
      { ...held, by: 'circuit' },
      { ...held, by: 'circuit' },
      { ...held, by: 'retry-budget' },
    ] as const;
    const { call, lines } = start(async () => '', undefined, [...reports]);
    await call({});
    expect(lines[0]).toMatchObject({ heldBackByCircuit: 2, heldBackByRetryBudget: 1, HeldBack: 3 });
    expect(JSON.stringify(lines[0]?._aws)).toContain('{"Name":"HeldBack","Unit":"Count"}');
  });

  it('says nothing of that where all was sent', async () => {
    const { call, lines } = start(async () => '');
    await call({});
    expect(Object.keys(lines[0] ?? {}).filter((field) => /heldBack/i.test(field))).toEqual([]);
  });

  it('marks the first call of a container alone as a cold start', async () => {
    const { call, lines } = start(async () => '');
    await call({});
    await call({});
    expect(lines.map((line) => line.cold_start)).toEqual([true, false]);
  });

  it("counts a fault of the function's own, and what was thrown at a direct caller", async () => {
    const { call, lines } = start(fail('authentication_failed'));
    await expect(call({})).rejects.toMatchObject({ name: 'AuthenticationFailed' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'ERROR',
      message: 'It is authentication_failed.',
      outcome: 'authentication_failed',
      status: 502,
      Faults: 1,
      Thrown: 1,
      AuthenticationFailed: 1,
    });
  });

  it('counts a refused login from the refresh on that met it, though the call itself succeeds', async () => {
    const refused = start(async () => '', new ConjurError('authentication_failed', 'It is refused.'));
    await refused.call({});
    expect(refused.lines[0]).toMatchObject({ outcome: 'ok', AuthenticationFailed: 1 });
    expect(refused.lines[0]).not.toHaveProperty('Faults');

    const down = start(async () => '', new ConjurError('upstream_unavailable', 'It is down.'));
    await down.call({});
    expect(down.lines[0]).not.toHaveProperty('AuthenticationFailed');
  });

  it('is no alarm where the caller asked for what is not there, over HTTP', async () => {
    const { call, lines } = start(fail('secret_not_found'));
    expect(await call(httpEvent)).toMatchObject({ statusCode: 404 });
    expect(lines[0]).toMatchObject({ level: 'INFO', outcome: 'secret_not_found' });
    for (const metric of ['Faults', 'Thrown', 'AuthenticationFailed']) expect(lines[0]).not.toHaveProperty(metric);
  });

  it("does not count one call's requests in the next", async () => {
    let first = true;
    const { call, lines } = start(async (report) => {
      if (!first) return '';
      first = false;
      report(attempt(1, 20));
      report(attempt(2, 30));
      throw new ConjurError('upstream_unavailable', 'It is down.');
    });
    await expect(call({})).rejects.toThrow('It is down.');
    await call({});
    expect(lines.map(({ conjurRequests, retries }) => [conjurRequests, retries])).toEqual([
      [2, 1],
      [0, 0],
    ]);
  });

  it('is written too where the settings are wrong', async () => {
    const lines: string[] = [];
    const logger = createLogger((line) => lines.push(line), clock.now);
    const fault = new ConjurError('config_invalid', 'CYBERARK_ACCOUNT is wrong.');
    const definition = { name: 'read-secret' } as FunctionDefinition<unknown, unknown>;
    const handler = createFunction(definition, { fault, clock, logger });
    await expect(handler({}, {} as Context)).rejects.toThrow('CYBERARK_ACCOUNT is wrong.');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'config_invalid', Faults: 1 });
  });
});

describe('an answer over HTTP', () => {
  it('carries the correlation id, on success and on failure', async () => {
    for (const work of [async () => 'x', fail('forbidden')]) {
      expect(await start(work).call(httpEvent)).toMatchObject({ headers: { 'x-correlation-id': 'order-17' } });
    }
  });
});

it('the work has the time of the invocation, less what the answer itself takes', async () => {
  const { call } = start(async (_, deadline) => String(deadline.remainingMs()));
  expect(await call({})).toEqual({ answer: '4700' });
});
