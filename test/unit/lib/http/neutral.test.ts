import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

it('lib/http knows nothing of Conjur: no word of it, and no setting of its client', () => {
  const files = globSync('lib/http/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(4);
  const offenders = files.filter((file) => /conjur|CYBERARK_/i.test(readFileSync(`${root}/${file}`, 'utf8')));
  expect(offenders).toEqual([]);
});
