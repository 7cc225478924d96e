import { AssertionError } from 'node:assert';
import { expect, it } from 'vitest';
import { lazyAssertPlugin } from '../../../../../infra/build/plugins/lazy-assert.ts';
import { bundleText, run } from '../bundle-text.ts';

const TEXT = `
  const assert = require('node:assert');
  export const attempt = (name, ...args) => (name === '' ? assert : assert[name])(...args);
`;

it('passes what holds and throws what the real module throws for what does not', async () => {
  const attempt = (await run(await bundleText(TEXT, [lazyAssertPlugin()]))).attempt as (...args: unknown[]) => void;

  attempt('', 1);
  attempt('ok', true);
  attempt('strictEqual', 2, 2);
  attempt('equal', 2, '2');
  for (const failure of [
    ['', 0, 'is nothing'],
    ['ok', false, 'is nothing'],
    ['strictEqual', 1, 2, 'is nothing'],
  ]) {
    expect(() => attempt(...failure)).toThrow(AssertionError);
    expect(() => attempt(...failure)).toThrow('is nothing');
  }
});
