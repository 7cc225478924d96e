import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createContainer } from '../../../../functions/runtime/container.ts';
import type { ConjurClientDeps } from '../../../../lib/client.ts';
import type { AttemptReport, HeldBackReport } from '../../../../lib/http/request.ts';

/** Starts one, and keeps the lines that it writes. */
function start(environment: NodeJS.ProcessEnv) {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  onTestFinished(() => write.mockRestore());
  return { startup: createContainer(environment), lines };
}

const KEY = { CYBERARK_API_KEY: 'key' };

function containerOf(environment: NodeJS.ProcessEnv = KEY) {
  const { startup } = start(environment);
  if (!('container' in startup)) throw startup.fault;
  return startup.container;
}

describe('a container', () => {
  it('keeps what its client tells until it is asked, and then no longer', () => {
    const container = containerOf();
    const ports = container.observed as Required<ConjurClientDeps>;
    const attempt = { attempt: 1 } as AttemptReport;
    const held = { by: 'circuit' } as HeldBackReport;
    const failure = new Error('of a refresh');
    ports.onAttempt(attempt);
    ports.onHeldBack(held);
    ports.onRefreshFailed(failure);
    expect(container.countAttempts()).toBe(1);
    const take = () => [container.takeAttempts(), container.takeHeldBack(), container.takeRefreshFailure()];
    expect(take()).toEqual([[attempt], [held], failure]);
    expect(take()).toEqual([[], [], undefined]);
    expect(container.countAttempts()).toBe(0);
  });

  it('tells Conjur the trace that its environment has at the time', () => {
    const environment: NodeJS.ProcessEnv = { ...KEY };
    const { traceparent } = containerOf(environment).observed;
    expect(traceparent?.()).toBeUndefined();
    environment._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1';
    expect(traceparent?.()).toBe('00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-01');
  });

  it('says what an operator should know, once', () => {
    const { lines } = start({ ...KEY, CYBERARK_ALOW_DELETE: 'true' });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'WARN', message: expect.stringContaining('CYBERARK_ALOW_DELETE is not a setting') },
    ]);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
  });
});

describe('where there is none', () => {
  it('bad settings are the answer to every call', () => {
    const { startup, lines } = start({});
    expect(startup).toMatchObject({ fault: { code: 'config_invalid' } });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'ERROR', code: 'config_invalid' });
  });

  it('so is what nobody foresaw, without its words', () => {
    const environment = Object.defineProperty({ ...KEY }, 'CYBERARK_ACCOUNT', {
      enumerable: true,
      get: () => {
        throw new TypeError('sesame');
      },
    });
    const { startup, lines } = start(environment);
    expect(startup).toMatchObject({ fault: { code: 'internal', cause: { message: 'sesame' } } });
    expect(lines.join()).not.toContain('sesame');
  });
});
