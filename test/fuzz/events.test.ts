import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from './arbitraries/fuzzed-event.ts';
import { createFuzzContainers, type FuzzContainers } from './fuzz-containers.ts';
import { fuzzEvents, invoke } from './fuzz-events.ts';
import { judgeAnswer } from './judge-answer.ts';
import { REGRESSIONS } from './regressions.ts';

/** As many as `npm run fuzz` sends, with a seed that stays, so that a build does not fail by chance. */
const EVENTS = 100_000;

describe('fuzzed events', () => {
  it(`are answered with a documented code, never with internal: ${EVENTS} of them`, async () => {
    const { byFunction, byWay } = await fuzzEvents({ events: EVENTS, seed: 20_260_301 });
    process.stdout.write(
      `\n${EVENTS} fuzzed events, by function\n${byFunction.toTable()}\nby the way in\n${byWay.toTable()}\n`,
    );
    expect(byFunction.count()).toBe(EVENTS);
    expect(byFunction.count('internal')).toBe(0);
    // Conjur, Secrets Manager and LiteLLM are well: whoever is told otherwise was let through with input that they cannot take.
    expect(byFunction.count('upstream_error') + byFunction.count('upstream_unavailable')).toBe(0);
    // The paths behind validation were reached too, each by more than a few.
    for (const code of [
      'ok',
      'secret_not_found',
      'forbidden',
      'access_mode_denied',
      'not_hosted',
      'delete_not_supported',
    ]) {
      expect(byFunction.count(code), code).toBeGreaterThan(EVENTS / 500);
    }
  }, 480_000);
});

describe('events that once broke something', () => {
  let containers: FuzzContainers;
  beforeAll(async () => {
    containers = await createFuzzContainers();
  });
  afterAll(() => containers?.close());

  it.each(REGRESSIONS)('$what: $code', async ({ to, event, code, remainingMs = 10_000 }) => {
    const outcome = await invoke(containers, { to, by: 'direct', event, container: 0, remainingMs });
    expect(judgeAnswer(event, outcome)).toBe(code);
  });
});

describe('the judge of answers', () => {
  const http = { httpMethod: 'GET', requestContext: {} };
  const reply = (body: object, statusCode: number) => ({
    statusCode,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ status: statusCode, detail: 'What to do next is this.', ...body }),
    isBase64Encoded: false,
  });

  it.each([
    ['internal', reply({ code: 'internal' }, 500)],
    ['undocumented', reply({ code: 'teapot' }, 418)],
    ['under another status', reply({ code: 'forbidden' }, 404)],
    ['without advice', reply({ code: 'forbidden', detail: 'no' }, 403)],
    ['cacheable', { ...reply({ code: 'forbidden' }, 403), headers: { 'content-type': 'application/problem+json' } }],
    ['no reply', {}],
  ])('refuses an answer that is %s', (_, answer) => {
    expect(() => judgeAnswer(http, { answer })).toThrow();
  });

  it('refuses an error that is not of this project, and one that is thrown at a front', () => {
    expect(() => judgeAnswer({}, { thrown: new TypeError('x is undefined') })).toThrow('no ConjurError');
    expect(() => judgeAnswer(http, { thrown: new Error() })).toThrow('waits for a reply');
  });

  it('takes events for all functions', () => {
    expect(FUNCTIONS).toEqual(['read-secret', 'write-secret', 'rotate-key']);
  });
});
