import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';
import { measureBundle } from '../../infra/build/measure-bundle.ts';
import { SIZE_LIMITS } from '../../infra/build/size-limits.ts';

it.each(FUNCTION_NAMES)('the bundle of %s weighs no more than its limits', (name) => {
  const size = measureBundle(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)));

  expect(size.entryZipBytes / 1000).toBeLessThanOrEqual(SIZE_LIMITS[name].entryKb);
  expect(size.codeZipBytes / 1000).toBeLessThanOrEqual(SIZE_LIMITS[name].codeKb);
});

it.each(FUNCTION_NAMES)('the start of %s loads two files and no crowd of small ones', (name) => {
  const { entryFiles } = measureBundle(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)));

  expect(entryFiles).toEqual(['handler.mjs', expect.stringMatching(/^chunk-\w+\.mjs$/)]);
});
