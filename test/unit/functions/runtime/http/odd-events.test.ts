import { describe, expect, it } from 'vitest';
import { fieldsOf, isHttpEvent, parseHttpEvent } from '../../../../../functions/runtime/http.ts';

const refused = (words: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(words) });

describe('an event', () => {
  it.each([
    [{ requestContext: { http: {} } }, true],
    [{ requestContext: {}, httpMethod: 'GET' }, true],
    [{ method: 'GET', raw_path: '/a' }, true],
    [{ method: 'GET', requestContext: { serviceNetworkArn: 'arn' } }, true],
    [{ requestContext: {} }, false],
    [{ requestContext: { http: 'GET' } }, false],
    [{ requestContext: {}, httpMethod: 7 }, false],
    [{ requestContext: null, httpMethod: 'GET' }, false],
    [{ requestContext: 'text', httpMethod: 'GET' }, false],
    [{ httpMethod: 'GET' }, false],
    [{ method: 'GET' }, false],
    [{ method: 7, raw_path: '/a' }, false],
    [{ method: 'GET', raw_path: 7 }, false],
    [{ method: 'GET', requestContext: {} }, false],
    [null, false],
    [undefined, false],
    ['text', false],
  ])('%j is one of HTTP: %s', (event, expected) => {
    expect(isHttpEvent(event)).toBe(expected);
  });

  it('has the fields of an object, and else none', () => {
    expect(fieldsOf({ a: 1 })).toEqual({ a: 1 });
    for (const value of [null, undefined, 'text', 7]) expect(fieldsOf(value)).toEqual({});
  });
});

/** Payload 2.0, where nothing else is said. */
const event = (more: object): Record<string, unknown> => ({
  version: '2.0',
  routeKey: 'GET /secrets',
  rawPath: '/secrets',
  requestContext: { http: { method: 'get' } },
  ...more,
});

it('the method is written in capitals, and may be missing', () => {
  expect(parseHttpEvent(event({})).method).toBe('GET');
  expect(parseHttpEvent(event({ requestContext: {} })).method).toBe('');
});

describe('the path', () => {
  const pathOf = (more: object) => parseHttpEvent(event(more)).path;
  const name = (value: unknown) => ({ routeKey: 'GET /secrets/{name+}', pathParameters: { name: value } });

  it.each([
    ['is decoded by an HTTP API', name('a%20b'), '/secrets/a%20b'],
    [
      'is not by a REST API',
      { routeKey: undefined, resource: '/secrets/{name+}', pathParameters: { name: 'a%20b' } },
      '/secrets/a b',
    ],
    [
      'is by payload 1.0',
      { version: '1.0', routeKey: undefined, resource: '/x/{name+}', pathParameters: { name: 'a%20b' } },
      '/a%20b',
    ],
    ['is that of the request where the parameter is none', { ...name(7), rawPath: '/prod/secrets/a' }, '/secrets/a'],
    ['is that of the request where the route has no rest', { routeKey: 'GET /x/{name}', rawPath: '/x/y' }, '/x/y'],
    [
      'is that of the request where the route has no rest, whatever its parameter is called',
      { routeKey: 'GET /x/{undefined}', pathParameters: { undefined: 'z' }, rawPath: '/x/y' },
      '/x/y',
    ],
    [
      'is that of the request where the route of a REST API says nothing',
      { routeKey: undefined, rawPath: undefined, resource: '/x/y', path: '/prod/secrets/a%20b' },
      '/secrets/a b',
    ],
    [
      'is that of the request where a rest stands within',
      { routeKey: 'GET /x/{name+}/more', pathParameters: { name: 'y' }, rawPath: '/x/y/more' },
      '/x/y/more',
    ],
    [
      'begins with none of our segments only where it has none',
      { routeKey: '$default', rawPath: '/a/healthy/b' },
      '/a/healthy/b',
    ],
    ['is empty where nobody says it', { routeKey: '$default', rawPath: undefined }, ''],
  ])('%s', (_, more, path) => {
    expect(pathOf(more)).toBe(path);
  });

  it('that is not encoded correctly is refused', () => {
    expect(() => pathOf({ routeKey: '$default', rawPath: '/secrets/100%' })).toThrow(refused('url-encoded'));
  });
});

describe('the query', () => {
  const queryOf = (more: object) => [...parseHttpEvent(event(more)).query];

  it.each([
    [
      'as it was sent',
      { rawQueryString: 'a=1&a=2' },
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['that is empty', { rawQueryString: '', queryStringParameters: { a: '1' } }, []],
    [
      'of several values',
      { multiValueQueryStringParameters: { a: ['1', '2'] }, queryStringParameters: { a: '2' } },
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'of several values that are no list',
      { multiValueQueryStringParameters: { a: '1' }, queryStringParameters: { a: '2' } },
      [['a', '2']],
    ],
    [
      'of numbers and flags, written by hand',
      { queryStringParameters: { a: 1, b: true, c: null } },
      [
        ['a', '1'],
        ['b', 'true'],
        ['c', ''],
      ],
    ],
    [
      'of one value',
      { multiValueQueryStringParameters: { a: ['1'] }, queryStringParameters: { a: '2' } },
      [['a', '1']],
    ],
    ['that is missing', {}, []],
  ])('%s is read', (_, more, expected) => {
    expect(queryOf(more)).toEqual(expected);
  });
});

describe('the body', () => {
  const bodyOf = (more: object) => parseHttpEvent(event(more)).body?.toString();

  it.each([
    ['text', { body: 'é' }, 'é'],
    ['base64', { body: 'w6k=', isBase64Encoded: true }, 'é'],
    ['text, where base64 is not said', { body: 'w6k=', isBase64Encoded: 'true' }, 'w6k='],
    ['nothing', { body: '' }, undefined],
    ['null', { body: null }, undefined],
    ['of the coding identity', { body: 'a', headers: { 'Content-Encoding': ' Identity ' } }, 'a'],
    ['of an empty coding', { body: 'a', headers: { 'content-encoding': '' } }, 'a'],
  ])('may be %s', (_, more, expected) => {
    expect(bodyOf(more)).toBe(expected);
  });

  it('that is compressed, or no text, is refused', () => {
    expect(() => bodyOf({ body: 'a', headers: { 'content-encoding': 'br' } })).toThrow(refused('compressed'));
    expect(() => bodyOf({ body: '\ud800' })).toThrow(refused('surrogate'));
  });
});
