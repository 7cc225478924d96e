/** How one test of a suite ended. */
export interface TestOutcome {
  /** With the package's last name: `conjurapi TestClient_Token/Host_Factory`. */
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** What it printed. */
  readonly said: string;
}

const VERDICT = /^ *--- (PASS|FAIL|SKIP): (\S+) \(/;
const BEGIN = /^=== (?:RUN|CONT|NAME) +(\S+)/;
const PACKAGE = /^(ok|FAIL)\s+(?:\S+\/)?([\w.-]+)(?:\s|$)/;

/**
 * Reads what `go test -v -p 1` prints: a verdict for each test and subtest, and a line at the end of each package. A package that
 * ended badly without a failed test (it did not compile, it was stopped) is a failed test of the package's name.
 *
 * `go test -json` would be easier to read, but with it the tests have no standard error, and some look at theirs.
 */
export function parseGoTest(output: string): TestOutcome[] {
  const done: TestOutcome[] = [];
  let open: TestOutcome[] = [];
  let said = new Map<string, string>();
  let current = '';
  for (const line of output.split('\n')) {
    const [, verdict, name = ''] = VERDICT.exec(line) ?? [];
    const [, end, ofPackage = ''] = PACKAGE.exec(line) ?? [];
    const begun = BEGIN.exec(line)?.[1];
    if (begun !== undefined) current = begun;
    else if (verdict !== undefined)
      open.push({ name, outcome: verdict.toLowerCase() as TestOutcome['outcome'], said: said.get(name) ?? '' });
    else if (end === undefined) said.set(current, `${said.get(current) ?? ''}${line}\n`);
    else {
      done.push(...closePackage(ofPackage, end === 'ok', open));
      [open, said, current] = [[], new Map(), ''];
    }
  }
  return open.length === 0 ? done : [...done, ...closePackage('the last package', false, open)];
}

function closePackage(name: string, isOk: boolean, tests: readonly TestOutcome[]): TestOutcome[] {
  const named = tests.map((test) => ({ ...test, name: `${name} ${test.name}` }));
  const isExplained = isOk || tests.some(({ outcome }) => outcome === 'fail');
  return isExplained ? named : [...named, { name, outcome: 'fail', said: 'it did not get to its end' }];
}
