import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from './arbitraries/fuzzed-event.ts';
import { expectDocumented } from './expect-documented.ts';
import { createFuzzContainers, type FuzzContainers } from './fuzz-containers.ts';
import { invoke } from './fuzz-events.ts';
import { judgeAnswer } from './judge-answer.ts';
import { REGRESSIONS } from './regressions.ts';

/** What a first look has time for; `npm run test:long` sends a hundred thousand. */
const EVENTS = 5_000;

it(`${EVENTS} fuzzed events are answered with a documented code, never with internal`, async () => {
  await expectDocumented(EVENTS);
}, 120_000);

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
    ["a well server's fault", reply({ code: 'upstream_error' }, 502)],
    ['the absence of a server that is there', reply({ code: 'upstream_unavailable' }, 503)],
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
