import { describe, expect, it } from 'vitest';
import { toDirect as toReadDirect, toReply as toReadReply } from '../../../functions/read-secret/api.ts';
import { toDirect as toRotateDirect } from '../../../functions/rotate-key/api.ts';
import { Secret } from '../../../lib/secret.ts';

const MB = 1_000_000;
const ONE = { kind: 'one', name: 'a', version: undefined, fresh: false, raw: false } as const;
const secret = (value: Secret, name = 'a') => ({
  name,
  value,
  contentType: undefined,
  version: undefined,
  stale: false,
});
const TOO_LARGE = expect.objectContaining({ code: 'payload_too_large', message: expect.stringContaining('6 MB') });

/** What becomes larger on its way into JSON than it is. */
const VALUES: readonly [string, Secret, boolean][] = [
  ['6.9 MB of text', Secret.of('x'.repeat(6.9 * MB)), false],
  ['6.1 MB of text', Secret.of('x'.repeat(6.1 * MB)), true],
  ['1.2 MB of line breaks, each two characters', Secret.of('\n'.repeat(1.2 * MB)), true],
  ['1.2 MB of control characters, each six', Secret.of('\u0001'.repeat(1.2 * MB)), false],
  ['4.8 MB of bytes, a third more as base64', Secret.of(Buffer.alloc(4.8 * MB, 0xff)), false],
  ['4 MB of bytes', Secret.of(Buffer.alloc(4 * MB, 0xff)), true],
];

describe.each(VALUES)('an answer with %s', (_, value, fits) => {
  it.each<[string, () => unknown]>([
    ['a direct read', () => toReadDirect(ONE, { kind: 'one', secret: secret(value) })],
    ['a read over HTTP', () => toReadReply(ONE, { kind: 'one', secret: secret(value) })],
    [
      'a direct read of many',
      () =>
        toReadDirect(
          { kind: 'many', names: ['a', 'b'], fresh: false },
          { kind: 'many', result: { items: [secret(value), secret(Secret.of('b'), 'b')], errors: [] } },
        ),
    ],
    [
      'a direct rotation that returns it',
      () =>
        toRotateDirect(
          { kind: 'rotation', rotation: { returnValue: true } as never, overHttp: false },
          {
            kind: 'rotation',
            name: 'a',
            strategy: 'supplied',
            version: 1,
            rotatedAt: '2026-01-01T00:00:00.000Z',
            value,
            eventFailure: undefined,
          },
        ),
    ],
  ])(`${fits ? 'fits into' : 'is payload_too_large as'} %s`, (_way, answer) => {
    if (fits) expect(answer).not.toThrow();
    else expect(answer).toThrow(TOO_LARGE);
  });
});
