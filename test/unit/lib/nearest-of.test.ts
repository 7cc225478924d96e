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
  ])('to %s is %s', (word, nearest) => {
    const candidates = ['CYBERARK_ACCOUNT', 'CYBERARK_ALLOW_DELETE', 'random', 'supplied', 'port'];
    expect(nearestOf(word, candidates)).toBe(nearest);
  });
});
