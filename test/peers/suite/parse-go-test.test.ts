import { describe, expect, it } from 'vitest';
import { parseGoTest } from './parse-go-test.ts';

const OUTPUT = `=== RUN   TestA
=== RUN   TestA/one
    a_test.go:7: not so
=== RUN   TestA/two
--- FAIL: TestA (0.01s)
    --- FAIL: TestA/one (0.00s)
    --- PASS: TestA/two (0.00s)
=== RUN   TestB
    b_test.go:9: not here
--- SKIP: TestB (0.00s)
FAIL
FAIL\tgithub.com/somebody/thing/first\t1.2s
?   \tgithub.com/somebody/thing/empty\t[no test files]
=== RUN   TestA
--- PASS: TestA (0.00s)
PASS
ok  \tgithub.com/somebody/thing/second\t0.1s
FAIL
`;

describe('the output of go test', () => {
  it('gives each test and subtest of each package, with what it said', () => {
    const outcomes = parseGoTest(OUTPUT);
    expect(outcomes.map(({ name, outcome }) => `${outcome} ${name}`)).toEqual([
      'fail first TestA',
      'fail first TestA/one',
      'pass first TestA/two',
      'skip first TestB',
      'pass second TestA',
    ]);
    expect(outcomes[1]?.said).toContain('a_test.go:7: not so');
  });

  it('gives a package that did not compile', () => {
    const [outcome] = parseGoTest('FAIL\tgithub.com/somebody/thing/first [build failed]\n');
    expect(outcome).toMatchObject({ name: 'first', outcome: 'fail' });
  });

  it('gives a package that was stopped between its tests, or has no end', () => {
    const begun = '=== RUN   TestA\n--- PASS: TestA (0.00s)\n';
    const stopped = parseGoTest(`${begun}panic: test timed out\nFAIL\tgithub.com/somebody/thing/first\t300s\n`);
    expect(stopped.at(-1)).toMatchObject({ name: 'first', outcome: 'fail' });
    expect(parseGoTest(begun).at(-1)).toMatchObject({ name: 'the last package', outcome: 'fail' });
  });
});
