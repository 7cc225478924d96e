import { describe, expect, it } from 'vitest';
import {
  conjurErrorOf,
  conjurJsonOf,
  createConjurTransport,
  isAbsence,
  isPage,
  parseJson,
  parseJsonObject,
  secretNotFound,
  toConjurError,
  unreadableChange,
} from '../../../lib/answers.ts';
import { Deadline } from '../../../lib/clock.ts';
import type { ConjurError } from '../../../lib/errors.ts';
import { HttpFault, type HttpFaultKind } from '../../../lib/http/fault.ts';
import type { HttpRequest, HttpResponse } from '../../../lib/http/request.ts';
import { FakeClock } from './fake-clock.ts';

const NAMED = { nameOf: (option: string) => `the option ${option}` };
const REQUEST: HttpRequest = { method: 'GET', path: '/a', action: 'reading' };
const PAGE = '<html><body>sesame</body></html>';

const answerOf = (status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse => ({
  ...{ status, headers, body: Buffer.from(body), fromLeader: true },
});

const errorOf = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was taken.');
};

describe('a body', () => {
  it('is JSON of any kind, or an object where one is called for', () => {
    expect(parseJson(NAMED, REQUEST, answerOf(200, '[1]'))).toEqual([1]);
    expect(parseJson(NAMED, REQUEST, answerOf(200, 'null'))).toBeNull();
    expect(parseJsonObject(NAMED, REQUEST, answerOf(200, '{"a":1}'))).toEqual({ a: 1 });
  });

  it.each(['', 'sesame', '[1]', 'null', '1', '"sesame"'])('%j is no object, and is not quoted', (body) => {
    const error = errorOf(() => parseJsonObject(NAMED, REQUEST, answerOf(200, body)));
    expect(error).toMatchObject({
      code: 'upstream_error',
      message: expect.stringMatching(/^The answer while reading is not one of Conjur's: .* the option baseUrl is/),
    });
    expect(error.message).not.toContain('sesame');
    expect(conjurJsonOf(answerOf(200, body))).toBeUndefined();
    expect(conjurErrorOf(answerOf(200, body))).toBeUndefined();
  });

  it('that is a page is said to be one, and of a change that its outcome is unknown', () => {
    const error = errorOf(() => parseJson(NAMED, REQUEST, answerOf(200, PAGE)));
    expect(error.message).toMatch(/^The answer while reading is a web page: /);
    expect(unreadableChange(NAMED, REQUEST, answerOf(200)).message).toMatch(
      /It is not known whether anything was changed\.$/,
    );
  });

  it.each([
    ['{"error":{"code":"not_found"}}', { code: 'not_found' }],
    ['{"error":"not_found"}', undefined],
    ['{"error":[1]}', undefined],
    ['{"error":null}', undefined],
    ['{}', undefined],
  ])('%s says of a failure: %j', (body, said) => {
    expect(conjurErrorOf(answerOf(404, body))).toEqual(said);
  });

  it.each([
    [404, '{"error":{"code":"not_found"}}', true],
    [403, '{"error":{"code":"not_found"}}', false],
    [404, '{"error":{"code":"other"}}', false],
    [404, '', false],
  ])('of %i with %j is an absence: %s', (status, body, isOne) => {
    expect(isAbsence(answerOf(status, body))).toBe(isOne);
  });

  it.each<[string, string | undefined, string, boolean]>([
    ['by its first bytes', undefined, PAGE, true],
    ['after white space', undefined, ` \n${PAGE}`, true],
    ['by its doctype', 'text/plain', '<!DOCTYPE html>', true],
    ['by its head', undefined, '<head>', true],
    ['by its body', undefined, '<body>', true],
    ['by a comment', undefined, '<!-- a -->', true],
    ['by its declaration', undefined, '<?xml version="1.0"?>', true],
    ['not by markup of another kind', undefined, '<svg>', false],
    ['by its media type, with any markup', 'text/html; charset=utf-8', '<svg>', true],
    ['by that of XHTML', 'Application/XHTML+xml', '<svg>', true],
    ['not by its media type alone', 'text/html', 'value', false],
    ['not where it is empty', 'text/html', '', false],
    ['not where it holds bytes', 'application/octet-stream', PAGE, false],
    ['not where it holds bytes, of whatever kind', 'application/octet-stream; charset=binary', PAGE, false],
    ['not where markup comes later', undefined, `value ${PAGE}`, false],
    ['not by markup after text, though it is called a page', 'text/html', 'value <b>', false],
    ['after white space, of which there may be a lot', 'text/html', `${' \t\r\n'.repeat(200)}<b>`, true],
    ['after white space, by its first tag', undefined, `\n${' '.repeat(300)}<html>`, true],
    ['after a byte order mark', 'text/html', '\ufeff<b>', true],
    ['after a byte order mark, by its first tag', undefined, '\ufeff \n<!doctype html>', true],
    ['not where it is white space', 'text/html', ' \n', false],
  ])('is a page %s', (_, type, body, isOne) => {
    expect(isPage(answerOf(200, body, type === undefined ? {} : { 'content-type': type }))).toBe(isOne);
  });
});

describe('an answer that is the same to every operation', () => {
  const CONFLICT = JSON.stringify({ error: { code: 'conflict', message: 'sesame' } });

  it.each<[number, string, string, RegExp]>([
    [
      401,
      '',
      'authentication_failed',
      /refused a fresh session token \(401\) while reading\. .* the option account is/,
    ],
    [401, PAGE, 'upstream_error', /is a web page/],
    [403, '', 'forbidden', /forbids this identity reading\./],
    [413, '', 'payload_too_large', /refused the size of the request while reading\./],
    [409, '', 'policy_conflict', /held Conjur's lock all the time while reading\./],
    [422, CONFLICT, 'unprocessable', /\(422\) while reading\. It says: conflict\.$/],
    [422, '', 'unprocessable', /\(422\) while reading\.$/],
    [422, '{"error":{"code":"sesame open"}}', 'unprocessable', /\(422\) while reading\.$/],
    [422, '{"error":{"code":"€a"}}', 'unprocessable', /\(422\) while reading\.$/],
    [422, '{"error":{"code":"a€"}}', 'unprocessable', /\(422\) while reading\.$/],
    [422, '{"error":{"code":7}}', 'unprocessable', /\(422\) while reading\.$/],
    [300, '', 'upstream_error', /^A redirect \(300\) came while reading/],
    [399, '', 'upstream_error', /^A redirect \(399\) came while reading/],
    [429, '', 'upstream_unavailable', /^Conjur answered 429 while reading\. Check/],
    [502, PAGE, 'upstream_unavailable', /^Conjur answered 502 while reading\. Check/],
    [503, PAGE, 'upstream_unavailable', /^Conjur answered 503/],
    [504, PAGE, 'upstream_unavailable', /^Conjur answered 504/],
    [200, '', 'upstream_error', /^The answer while reading is not one of Conjur's/],
    [299, '', 'upstream_error', /^The answer while reading is not one of Conjur's/],
    [
      404,
      '',
      'upstream_error',
      /^The answer while reading is a 404 that is not one of Conjur's: .* Check the option baseUrl,/,
    ],
    [400, '', 'upstream_error', /^Conjur answered 400 while reading, which it should not/],
    [500, '', 'upstream_error', /^Conjur answered 500 while reading, which it should not/],
    [500, PAGE, 'upstream_error', /is a web page/],
  ])('%i with %j is %s', (status, body, code, message) => {
    const error = toConjurError(NAMED, REQUEST, answerOf(status, body));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).not.toContain('sesame');
  });

  it.each([
    [503, '7', 7],
    [409, '999999', 999_999],
    [503, '1000000', undefined],
    [503, 'x7', undefined],
    [503, '7x', undefined],
    [503, undefined, undefined],
  ])('%i with Retry-After %s says when to come again: %s', (status, header, seconds) => {
    const headers = header === undefined ? {} : { 'retry-after': header };
    expect(toConjurError(NAMED, REQUEST, answerOf(status, '', headers)).retryAfterSeconds).toBe(seconds);
  });

  it.each([
    ['https://other.test:8443/a?token=sesame', ' to https://other.test:8443/a)'],
    [`https://other.test/${'a'.repeat(200)}`, ` to https://other.test/${'a'.repeat(99)})`],
    ['/relative', '(302)'],
    [undefined, '(302)'],
  ])('a redirect says where it leads, without its query: %s', (location, said) => {
    const headers = location === undefined ? {} : { location };
    const { message } = toConjurError(NAMED, REQUEST, answerOf(302, '', headers));
    expect(message).toContain(said);
    expect(message).not.toContain('sesame');
  });

  it.each([
    ['circuit', /^Conjur answered 503 while reading\. It was not tried again: Conjur has failed every request lately/],
    ['retry-budget', /^Conjur answered 503 while reading\. It was not tried again: .*retry budget is spent/],
  ] as const)('says why it was not tried again: %s', (endedBy, message) => {
    expect(toConjurError(NAMED, REQUEST, { ...answerOf(503), endedBy }).message).toMatch(message);
  });

  it('of what is not there names it, and its version where one was asked for', () => {
    expect(secretNotFound('a').message).toMatch(/^The secret "a" does not exist/);
    expect(secretNotFound('a', 0).message).toMatch(/^Version 0 of the secret "a" does not exist/);
  });
});

describe('an answer that did not come', () => {
  /** What a client's user is told. */
  async function told(fault: unknown): Promise<ConjurError> {
    const clock = new FakeClock();
    const send = createConjurTransport({
      ...{ ...NAMED, clock, random: () => 0, baseUrl: new URL('http://conjur.test'), readBaseUrls: [] },
      ...{ timeoutMs: 100, maxAttempts: 1 },
      dispatchers: {
        keptAlive: () => {
          throw fault;
        },
        fresh: () => {
          throw fault;
        },
      },
    });
    return send(REQUEST, new Deadline(clock, 1_000)).then(
      () => {
        throw new Error('It came.');
      },
      (error: ConjurError) => error,
    );
  }

  it.each<[HttpFaultKind, string, RegExp]>([
    ['deadline', 'deadline_exceeded', /^The time for this call ran out while reading\./],
    ['aborted', 'deadline_exceeded', /^The time for this call ran out while reading\./],
    [
      'too-large',
      'upstream_error',
      /^Conjur's answer while reading was larger \(why\) than any that it gives\. .*the option baseUrl/,
    ],
    [
      'coding',
      'upstream_error',
      /^Conjur's answer while reading came in a content coding that nobody asked for \(why\)\./,
    ],
    ['client-certificate', 'authentication_failed', / This happened while reading\.$/],
    ['connect', 'upstream_unavailable', / This happened while reading\.$/],
    ['timeout', 'upstream_unavailable', / This happened while reading\.$/],
  ])('by %s is %s', async (kind, code, message) => {
    const fault = new HttpFault(kind, 'why');
    expect(await told(fault)).toMatchObject({ code, message: expect.stringMatching(message), cause: fault });
  });

  it('says why it was not tried again, and when to come again, in whole seconds and one at least', async () => {
    const ended = new HttpFault('connect', 'why', undefined, { endedBy: 'retry-budget' });
    expect(await told(ended)).toMatchObject({
      ...{ message: expect.stringMatching(/reading\. It was not tried again: so many/), retryAfterSeconds: undefined },
    });
    for (const [retryAfterMs, seconds] of [
      [0, 1],
      [1_000, 1],
      [1_001, 2],
    ] as const)
      expect((await told(new HttpFault('circuit-open', '503', undefined, { retryAfterMs }))).retryAfterSeconds).toBe(
        seconds,
      );
  });

  it('for an error of the program is that error', async () => {
    const error = new RangeError('no');
    expect(await told(error)).toBe(error);
  });
});
