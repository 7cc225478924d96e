import { describe, expect, it, vi } from 'vitest';
import type { Container, Startup } from '../../../../functions/runtime/container.ts';
import { createInvocationLog } from '../../../../functions/runtime/invocation-log.ts';
import { createLogger } from '../../../../functions/runtime/log.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { AttemptReport, HeldBackReport } from '../../../../lib/http/request.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

const HTTP = { requestContext: { http: { method: 'GET' } } };

/** What the client of a container has told since it was last asked. */
interface Told {
  attempts?: Partial<AttemptReport>[];
  heldBack?: Partial<HeldBackReport>[];
  refreshFailure?: unknown;
}

/** The line of one invocation, in which the client tells something. */
function lineOf({
  event = {},
  call,
  before = {},
  meanwhile = {},
  error,
}: {
  event?: object;
  call?: string;
  before?: Told;
  meanwhile?: Told;
  error?: ConjurError;
}): Record<string, unknown> {
  const lines: string[] = [];
  const clock = new FakeClock();
  let told: Told = before;
  const take =
    <Key extends keyof Told>(key: Key, none: Told[Key]) =>
    () => {
      const taken = told[key] ?? none;
      told = { ...told, [key]: undefined };
      return taken;
    };
  const container = {
    clock,
    logger: createLogger((line) => lines.push(line), clock.now.bind(clock)),
    takeAttempts: take('attempts', []),
    takeHeldBack: take('heldBack', []),
    takeRefreshFailure: take('refreshFailure', undefined),
    conjur: { tokenAgeMs: () => 5 },
  } as unknown as Container;
  const log = createInvocationLog('read-secret', { container });
  const invocation = log.begin(event, {});
  if (call !== undefined) invocation.call = { call };
  told = { ...told, ...meanwhile };
  clock.move(40);
  log.end(invocation, error);
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
}

const METRICS = ['AuthenticationFailed', 'ConjurTime', 'HeldBack', 'ConjurReachable', 'Faults', 'Thrown'];
const metricsOf = (line: Record<string, unknown>) =>
  Object.fromEntries(METRICS.filter((name) => name in line).map((name) => [name, line[name]]));

describe('the line of an invocation', () => {
  it('tells how long it took, and what Conjur had of that', () => {
    const line = lineOf({
      meanwhile: {
        attempts: [
          { attempt: 1, durationMs: 7 },
          { attempt: 2, durationMs: 0 },
          { attempt: 3, durationMs: 5 },
        ],
      },
    });
    expect(line).toMatchObject({ durationMs: 40, conjurRequests: 3, conjurMs: 12, retries: 2, outcome: 'ok' });
    expect(line).not.toHaveProperty('status');
    expect(metricsOf(line)).toEqual({ ConjurTime: 12 });
  });

  it('tells nothing of what came before it', () => {
    const before = {
      attempts: [{ attempt: 2, durationMs: 7 }],
      heldBack: [{ by: 'circuit' }],
      refreshFailure: new ConjurError('authentication_failed', 'It is refused.'),
    } as const;
    const line = lineOf({ before: { ...before, attempts: [...before.attempts], heldBack: [...before.heldBack] } });
    expect(line).toMatchObject({ conjurRequests: 0, conjurMs: 0, retries: 0 });
    expect(metricsOf(line)).toEqual({});
    expect(line).not.toHaveProperty('_aws');
    expect(line).not.toHaveProperty('heldBackByCircuit');
  });

  it.each([
    [['circuit'], { heldBackByCircuit: 1 }],
    [['retry-budget', 'retry-budget'], { heldBackByRetryBudget: 2 }],
  ] as const)('tells why requests were held back: %j', (by, expected) => {
    const line = lineOf({ meanwhile: { heldBack: by.map((one) => ({ by: one })) } });
    const told = Object.entries(line).filter(([name]) => name.startsWith('heldBackBy'));
    expect(Object.fromEntries(told)).toEqual(expected);
    expect(metricsOf(line)).toEqual({ HeldBack: by.length });
  });

  it('tells the trace that the invocation belongs to', () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1');
    const line = lineOf({});
    vi.unstubAllEnvs();
    expect(line.xray_trace_id).toBe('1-5759e988-bd862e3fe1be46a994272793');
    expect(lineOf({})).not.toHaveProperty('xray_trace_id');
  });

  it('needs no container', () => {
    const lines: string[] = [];
    const clock = new FakeClock();
    const logger = createLogger((line) => lines.push(line), clock.now.bind(clock));
    const fault = new ConjurError('config_invalid', 'No settings.');
    const source: Startup = { fault, clock, logger };
    const log = createInvocationLog('read-secret', source);
    log.end(log.begin({}, {}), fault);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'config_invalid', conjurRequests: 0 });
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('tokenAgeMs');
  });
});

describe('a failure in the line', () => {
  const cause = Object.assign(new TypeError('sesame'), {
    stack: 'TypeError: sesame\n    at one\nat two\n  x at three',
  });

  it.each([
    ['of a caller', 'secret_not_found', {}, 'INFO', { Thrown: 1 }],
    ['of a caller over HTTP', 'secret_not_found', HTTP, 'INFO', {}],
    ['of the function', 'config_invalid', {}, 'ERROR', { Faults: 1, Thrown: 1 }],
    ['of the function over HTTP', 'config_invalid', HTTP, 'ERROR', { Faults: 1 }],
  ] as const)('%s is one by its status', (_, code, event, level, metrics) => {
    const line = lineOf({ event, error: new ConjurError(code, 'It is so.', { cause }) });
    expect(line).toMatchObject({ level, message: 'It is so.', outcome: code });
    expect(metricsOf(line)).toEqual(metrics);
    const units = Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' }));
    if (units.length > 0) expect(line._aws).toMatchObject({ CloudWatchMetrics: [{ Metrics: units }] });
    const isFault = level === 'ERROR';
    expect(line.status).toBe(isFault ? 500 : 404);
    expect([line.cause, line.at]).toEqual(isFault ? ['TypeError', ['    at one', 'at two']] : [undefined, undefined]);
  });

  it.each([
    ['no cause', undefined, {}],
    ['a cause that is no error', 'sesame', {}],
    ['a cause without a place', Object.assign(new Error('sesame'), { stack: undefined }), { cause: 'Error' }],
  ])('may have %s', (_, given, expected) => {
    const { cause: told, at } = lineOf({ error: new ConjurError('internal', 'x', { cause: given }) });
    expect({ cause: told, at }).toEqual(expected);
  });

  it('of a login is one of the refresh beside it, too', () => {
    const refused = new ConjurError('authentication_failed', 'It is refused.');
    expect(metricsOf(lineOf({ meanwhile: { refreshFailure: refused } }))).toEqual({ AuthenticationFailed: 1 });
    expect(metricsOf(lineOf({ event: HTTP, error: refused }))).toEqual({ AuthenticationFailed: 1, Faults: 1 });
  });
});

describe('the heartbeat', () => {
  const error = new ConjurError('upstream_unavailable', 'It is away.');

  it('is counted where a schedule asks for the health, whatever the answer', () => {
    const line = lineOf({ call: 'health' });
    expect(metricsOf(line)).toEqual({ ConjurReachable: 1 });
    const Metrics = [{ Name: 'ConjurReachable', Unit: 'Count' }];
    expect(line._aws).toMatchObject({ CloudWatchMetrics: [{ Metrics }] });
    expect(metricsOf(lineOf({ call: 'health', error }))).toEqual({ ConjurReachable: 0, Faults: 1, Thrown: 1 });
  });

  it('is none where it is asked over HTTP, or for anything else', () => {
    expect(metricsOf(lineOf({ event: HTTP, call: 'health' }))).toEqual({});
    expect(metricsOf(lineOf({ call: 'read' }))).toEqual({});
  });
});
