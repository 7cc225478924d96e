import { describe, expect, it } from 'vitest';
import { parseTap } from './tap.ts';

describe("the output of a peer's program", () => {
  it('gives a check for each line, a failed one with its reason', () => {
    const output = 'noise\nok 1 - read: a value\nnot ok 2 - read: another: Error: 404: not here\n1..2\n';
    expect(parseTap(output)).toEqual([
      { name: 'read: a value' },
      { name: 'read: another', reason: 'Error: 404: not here' },
    ]);
  });

  it('has one more failure where the program ended early', () => {
    expect(parseTap('ok 1 - read: a value\n').at(-1)).toEqual({
      name: 'the end of the program',
      reason: 'it did not get there',
    });
    expect(parseTap('').at(-1)).toMatchObject({ reason: 'it did not get there' });
  });

  it('has one more failure where a check was announced and not told', () => {
    expect(parseTap('ok 1 - read: a value\n1..2\n').at(-1)).toMatchObject({
      reason: '2 checks were announced, 1 told',
    });
  });
});
