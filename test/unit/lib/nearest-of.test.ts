import { describe, expect, it } from 'vitest';
import { nearestOf } from '../../../lib/nearest-of.ts';

describe('the nearest word', () => {
  it.each([
    ['CYBERARK_ALOW_DELETE', 'CYBERARK_ALLOW_DELETE'],
    ['randm', 'random'],
    ['old_kept_because', undefined],
    ['porta', 'port'],
    ['prot', 'port'],
    ['x', undefined],
    // A letter is a third of it, two are not.
    ['pxrx', undefined],
    ['opxrt', undefined],
    // At the start of a word as at its end.
    ['oprt', 'port'],
    ['potr', 'port'],
    ['ort', 'port'],
    ['por', 'port'],
    ['aport', 'port'],
    ['bort', 'port'],
    // Of eight letters, two may be amiss.
    ['usppleid', 'supplied'],
    ['supxxied', 'supplied'],
    ['suxxxied', undefined],
    ['sppied', 'supplied'],
    ['supplieddd', 'supplied'],
    // The nearest of several.
    ['CYBERARK_ACCOUNTS', 'CYBERARK_ACCOUNT'],
    ['portal', 'portals'],
  ])('to %s is %s', (word, nearest) => {
    const candidates = ['CYBERARK_ACCOUNT', 'CYBERARK_ALLOW_DELETE', 'random', 'supplied', 'port', 'ports', 'portals'];
    expect(nearestOf(word, candidates)).toBe(nearest);
  });
});
