import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('every text has the line ends of the repository in any checkout, whatever core.autocrlf says', () => {
  // https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt---eol
  const files = execFileSync('git', ['ls-files', '--eol'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const texts = files.filter((line) => !line.startsWith('i/-text'));
  expect(texts.length).toBeGreaterThan(1_000);
  expect(texts.filter((line) => !/^i\/(?:lf|none) .*attr\/text=auto eol=lf/.test(line))).toEqual([]);
});
