import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConjurClientDeps, createConjurClient, shielded, shieldedLogger } from '../../../lib/client.ts';
import type { Logger } from '../../../lib/logger.ts';
import { accessTokenText } from './access-token-text.ts';
import { type Answer, mockConjur } from './mock-conjur.ts';

const fail = (): never => {
  throw new Error('the disk of the log is full');
};
const reject = async (): Promise<never> => fail();

const TOKEN: Answer = { status: 200, body: accessTokenText() };

const warnings = vi.spyOn(process, 'emitWarning');

beforeEach(() => {
  warnings.mockReset().mockReturnValue();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(() => {
  warnings.mockRestore();
});

/** Whatever the types say: all of these are functions whose result nobody looks at, so that an async one will do. */
function observersBy(observe: () => unknown): ConjurClientDeps {
  const all = observe as () => undefined;
  const logger: Logger = { debug: all, info: all, warn: all, error: all };
  return { logger, onAttempt: all, onHeldBack: all, onRefreshFailed: all, traceparent: all };
}

describe.each<[string, () => unknown]>([
  ['throw', fail],
  ['reject', reject],
])('observers that %s', (_, observe) => {
  it('lose no answer', async () => {
    const { conjur } = mockConjur(
      ({ method }) => (method === 'POST' ? { status: 201 } : { status: 500 }),
      {},
      observersBy(observe),
    );
    // Its version cannot be read, which the logger is told.
    expect(await conjur.writeSecret('a', 'value')).toMatchObject({ created: false, version: undefined });
  });

  it('do not hide what a call fails with, nor that it was held back', async () => {
    const { conjur, clock } = mockConjur(() => ({ status: 503 }), {}, observersBy(observe));
    for (let call = 0; call < 10; call += 1) {
      clock.move(1_000);
      await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
    }
    await expect(conjur.readSecret('a')).rejects.toThrow('was not asked');
  });

  it('leave no rejection behind a refresh that fails, after which the old token is used', async () => {
    const answers: Answer[] = [];
    const login = mockConjur(
      () => ({ status: 200, body: 'value' }),
      {},
      observersBy(observe),
      () => answers.shift() ?? TOKEN,
    );
    await login.conjur.readSecret('a');
    answers.push({ status: 503 });
    login.clock.move(400_000);
    await login.conjur.readSecret('a');
    await login.conjur.idle();
    await login.conjur.readSecret('a');
    expect(login.authentications).toHaveLength(2);
  });

  it('are told of by a warning each, once', async () => {
    const { conjur } = mockConjur(() => ({ status: 200, body: 'value' }), {}, observersBy(observe));
    await conjur.readSecret('a');
    await conjur.readSecret('a');
    expect(warnings.mock.calls.map(([text]) => String(text)).sort()).toEqual([
      'onAttempt of a Conjur client failed (Error: the disk of the log is full). The client goes on without it.',
      'traceparent of a Conjur client failed (Error: the disk of the log is full). The client goes on without it.',
    ]);
    expect(warnings.mock.calls.map(([, type]) => type)).toEqual(['ConjurClientWarning', 'ConjurClientWarning']);
  });

  it('stop no client from being built', () => {
    vi.stubEnv('CYBERARK_API_BASE', 'http://conjur.internal');
    vi.stubEnv('CYBERARK_API_KEY', 'key');
    expect(() => createConjurClient(undefined, observersBy(observe))).not.toThrow();
  });
});

it('a logger keeps its own methods, with what they need', () => {
  class Lines implements Logger {
    readonly #lines: string[] = [];
    debug = fail;
    info = fail;
    warn(message: string): void {
      this.#lines.push(message);
    }
    error = fail;
    all = () => this.#lines;
  }
  const lines = new Lines();
  shieldedLogger(lines).warn('heard');
  expect(lines.all()).toEqual(['heard']);
});

it('what is thrown and no error is not quoted', () => {
  shielded('onAttempt', () => {
    throw 'sesame';
  })();
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining('failed (string)'), 'ConjurClientWarning');
});
