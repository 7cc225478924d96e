import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeSegment,
  isRequestLineAccepted,
  toClientIp,
  toRoutePath,
} from '../../../../../../infra/local/conjur/http/conjur-request.ts';

it.each([
  ['/whoami?x=1', '/whoami'],
  ['/whoami/', '/whoami'],
  ['//a///b//', '/a/b'],
  ['/a/../b/./c', '/a/../b/./c'],
  ['/a%2F%2Fb', '/a%2F%2Fb'],
  ['/', '/'],
  ['/?x', '/'],
])('the route path of %s is %s', (target, path) => {
  expect(toRoutePath(target)).toBe(path);
});

it('a segment that was encoded decodes to what it was, and a plus sign stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(text.isWellFormed());
      expect(decodeSegment(encodeURIComponent(text))).toBe(text);
    }),
  );
  expect(decodeSegment('a+b')).toBe('a+b');
});

it.each(['%ff', '%c3', 'a%80b', '%'])('a segment that does not decode to UTF-8 is refused: %j', (segment) => {
  expect(() => decodeSegment(segment)).toThrow('answered 400');
});

it.each([
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['::ffff:127.0.0.1', '10.0.0.1', '10.0.0.1'],
  ['127.0.0.1', '10.0.0.1, 10.0.0.2, 127.0.0.1', '10.0.0.2'],
  ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', ' , ', '127.0.0.1'],
  ['10.0.0.9', '10.0.0.1', '10.0.0.9'],
])('a request from %s, forwarded for %s, comes from %s', (remote, forwarded, address) => {
  expect(toClientIp(remote, forwarded)).toBe(address);
});

it('a request line is accepted as far as the web server of a genuine Conjur takes it', () => {
  expect(isRequestLineAccepted(`/${'p'.repeat(8191)}?${'q'.repeat(10_240)}`)).toBe(true);
  expect(isRequestLineAccepted(`/${'p'.repeat(8192)}`)).toBe(false);
  expect(isRequestLineAccepted(`/?${'q'.repeat(10_241)}`)).toBe(false);
  expect(isRequestLineAccepted('/a%2Fb?c=%C3%a9')).toBe(true);
  for (const target of ['/a%', '/a%2', '/a%zz', '/?a=%']) expect(isRequestLineAccepted(target)).toBe(false);
});
