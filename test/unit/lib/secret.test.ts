import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/secret.ts';

const secret = Secret.of('sesame');

describe('a secret', () => {
  it.each([
    ['a template', () => `${secret}`],
    ['JSON', () => JSON.stringify({ secret })],
    ['util.inspect', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['string concatenation', () => `x${String(secret)}`],
    ['its own keys', () => JSON.stringify(Object.entries(secret))],
    ['an error’s message', () => String(new Error(`no ${secret}`))],
    ['a structured clone', () => inspect(structuredClone(secret))],
  ])('is not shown by %s', (_, show) => {
    expect(show()).not.toContain('sesame');
    expect(show()).not.toContain(Buffer.from('sesame').toString('hex'));
  });

  it('gives itself away on demand only, as text or as bytes', () => {
    expect(secret.expose()).toBe('sesame');
    expect(secret.exposeBytes()).toEqual(Buffer.from('sesame'));
    expect(Secret.of(Buffer.from([0xff, 0])).exposeBytes()).toEqual(Buffer.from([0xff, 0]));
    const copy = secret.exposeBytes();
    copy.fill(0);
    expect(secret.exposeBytes()).toEqual(Buffer.from('sesame'));
  });

  it('is equal to another one of the same bytes', () => {
    expect(secret.equals(Secret.of(Buffer.from('sesame')))).toBe(true);
    expect(secret.equals(Secret.of('sesam'))).toBe(false);
    expect(secret.equals(Secret.of('sesamE'))).toBe(false);
  });
});
