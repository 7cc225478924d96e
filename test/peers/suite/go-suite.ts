import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../support/run-node.ts';
import { goEnvironment, needGo } from '../go-program.ts';
import { type Command, NotHere, type Peer } from '../peer.ts';
import { pinned } from '../pinned.ts';
import { registryEnvironment, runStep } from '../run-step.ts';
import { compareOutcomes, type KnownOutcome, type SuiteResult } from './compare-outcomes.ts';
import { KNOWN_OUTCOMES } from './known-outcomes.ts';
import { parseGoTest } from './parse-go-test.ts';
import { CLIENT_ADDRESS, startSuiteServers } from './start-suite-servers.ts';

/** A test suite that somebody else wrote for a genuine Conjur. */
export interface Suite extends Omit<Peer, 'lacks'> {
  readonly known: readonly KnownOutcome[];
  run(command: Command): Promise<SuiteResult>;
}

const MODULE = 'github.com/cyberark/conjur-api-go';

/** The tests that the module of the Go client brings along. */
const goSuite: Suite = {
  name: "Go client's own tests",
  client: `${MODULE} ${pinned('go/go.mod', /conjur-api-go (v\S+)/)}`,
  known: KNOWN_OUTCOMES,
  async prepare(cache) {
    if (process.platform === 'darwin') throw new NotHere(`macOS does not answer to ${CLIENT_ADDRESS}`);
    const [program, environment] = [await needGo(), goEnvironment(cache)];
    const download = { program, args: ['mod', 'download', '-json', MODULE], environment };
    const { Dir } = JSON.parse(await runStep(download, join(import.meta.dirname, '../go'))) as { Dir: string };
    const folder = join(cache, 'go-suite');
    await rm(folder, { recursive: true, force: true });
    await cp(Dir, folder, { recursive: true });
    // The tests themselves are to need no registry.
    await runStep({ program, args: ['mod', 'download'], environment }, folder);
    return { program, args: ['-C', folder, 'test', '-v', '-count=1', '-p=1', '-timeout=5m', './...'], environment };
  },
  run: runGoSuite,
};

/** All suites, in the order of the report. */
export const SUITES: readonly Suite[] = [goSuite];

async function runGoSuite({ program, args, environment }: Command): Promise<SuiteResult> {
  const home = await mkdtemp(join(tmpdir(), 'go-suite-'));
  const servers = await startSuiteServers(home);
  try {
    const { stdout, stderr } = await runProgram(program, args, {
      cwd: home,
      environment: { ...registryEnvironment(), ...environment, ...servers.environment, HOME: home },
    });
    const result = compareOutcomes(parseGoTest(stdout), KNOWN_OUTCOMES);
    if (result.surprises.length > 0) process.stderr.write(stderr.slice(-4000));
    return result;
  } finally {
    await servers.close();
    await rm(home, { recursive: true, force: true });
  }
}
