import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/secret.ts';
import { mockConjur } from './mock-conjur.ts';

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

  it.each([undefined, null, 1234, { value: '1234' }, ['1234']])('is no %j, which is not quoted', async (value) => {
    const told = new TypeError('A secret value must be a Secret, a text or bytes (Uint8Array).');
    expect(() => Secret.of(value as never)).toThrow(told);
    const { conjur, seen } = mockConjur(() => ({ status: 201 }));
    await expect(conjur.writeSecret('a', value as never)).rejects.toThrow(told);
    expect(seen).toEqual([]);
  });

  it('is equal to another one of the same bytes', () => {
    expect(secret.equals(Secret.of(Buffer.from('sesame')))).toBe(true);
    expect(secret.equals(Secret.of('sesam'))).toBe(false);
    expect(secret.equals(Secret.of('sesamE'))).toBe(false);
  });
});
