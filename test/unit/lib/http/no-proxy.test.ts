import { expect, it } from 'vitest';
import { parseExceptions } from '../../../../lib/http/no-proxy.ts';

it.each([
  ['app.internal', ['http://app.internal', 'https://a.app.internal'], ['http://xapp.internal', 'http://internal']],
  ['.internal', ['http://internal', 'http://app.internal'], ['http://xinternal']],
  ['internal.', ['http://internal', 'http://app.internal.'], ['http://internal.com']],
  ['*.internal', ['http://app.internal', 'http://a.app.internal'], ['http://internal', 'http://app.internal.com']],
  [
    'app-*.internal',
    ['http://app-1.internal'],
    ['http://app.internal', 'http://app-1xinternal', 'http://my-app-1.internal'],
  ],
  ['*', ['http://anything', 'https://[::1]:8443'], []],
  ['INTERNAL', ['http://app.Internal'], []],
  ['a , b\n,,c', ['http://a', 'http://b', 'http://c'], ['http://d']],
  ['', [], ['http://a']],
  ['1host', ['http://1host'], ['http://host']],
  ['10.1.2.3', ['http://10.1.2.3', 'https://10.1.2.3:8443'], ['http://10.1.2.30', 'http://110.1.2.3']],
  ['127.*', ['http://127.0.0.1'], ['http://128.0.0.1', 'http://10.127.0.1']],
  ['10.0.0.0/8', ['http://10.255.0.1'], ['http://11.0.0.1', 'http://[::1]', 'http://host']],
  ['10.0.0.1/32', ['http://10.0.0.1'], ['http://10.0.0.2']],
  ['0.0.0.0/0', ['http://127.0.0.1'], ['http://[::1]', 'http://[::ffff:127.0.0.1]']],
  ['fd00::/8', ['http://[fd12::1]'], ['http://[fe80::1]', 'http://10.0.0.1']],
  ['[fd00::]/8', ['http://[fd12::1]'], ['http://[fe80::1]']],
  ['::1/128', ['http://[::1]'], ['http://[::2]']],
  ['::/0', ['http://[::1]'], ['http://127.0.0.1']],
  ['::0001', ['http://[::1]', 'https://[::1]:8443'], ['http://[::2]']],
  ['[::1]', ['http://[::1]'], ['http://[::2]']],
  ['[::1]:8443', ['https://[::1]:8443'], ['https://[::1]', 'https://[::2]:8443']],
  ['host:8443', ['https://host:8443', 'http://a.host:8443'], ['https://host', 'https://other:8443']],
  ['host:443', ['https://host'], ['http://host']],
  ['host:80', ['http://host'], ['https://host']],
  ['host:65535', ['http://host:65535'], ['http://host']],
  ['*:8443', ['https://host:8443'], ['https://host']],
])('NO_PROXY=%j excepts %j and not %j', (list, excepted, others) => {
  const isExcepted = parseExceptions(list);
  expect([...excepted, ...others].filter((url) => isExcepted(new URL(url)))).toEqual(excepted);
});

it.each([
  '10.',
  '10.0.0',
  '10.0.0.1-9',
  '127.0.0.1.',
  'host.1',
  '300.0.0.1',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/255.0.0.0',
  'x10.0.0.0/8',
  '10.0.0.0/8x',
  'fd00::/129',
  'host/8',
  '[127.0.0.1]',
  '[::1',
  '::1]',
  '[fe80::1::2]',
  '1::2::3',
  'host:65536',
  'host:123456',
  'host:https',
  'host:',
  ':80',
  'http://host',
  'host/path',
  '<local>',
  'a;b',
  'a..',
  'a-',
  '.',
])('%j is refused, and said to be none of what is taken', (entry) => {
  const error = new RangeError(
    `has the entry ${JSON.stringify(entry)}, which is none of app.internal, .internal, *.internal, 10.0.0.0/8, 127.*, [::1], host:8443 and *`,
  );
  expect(() => parseExceptions(`first, ${entry}`)).toThrow(error);
});
