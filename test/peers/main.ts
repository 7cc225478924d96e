import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text, UsageError } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import { type Command, NotHere, type Peer } from './peer.ts';
import { PEERS } from './peers.ts';
import { SUITES, type Suite } from './suite/go-suite.ts';
import type { Check } from './tap.ts';
import { TOOLS, type Tool, tryTool } from './tools.ts';
import { tryPeer } from './try-peer.ts';

const CACHE = join(import.meta.dirname, '../../.local/peers');

type Client = Peer | Suite | Tool;

interface Tally {
  passed: number;
  failed: number;
  readonly leftOut: string[];
}

await runCommand({
  start: 'npm run test:peers',
  summary:
    "Tries the vendor's own clients against the local Conjur, hands values over between them and this project's client, runs the tests that the vendor wrote for its Go client, and has CDK and cdk-nag look at the stack.",
  flags: { only: text('TEXT', 'only clients whose name contains the text, such as Go') },
  notes: `It fetches them by itself (Go modules, pip in a virtual environment, Maven, npm) into .local/peers, in the versions that test/peers pins.
What this machine cannot run is named with the reason. CONJUR_CLI=FILE tries that executable as the command line.`,
  run: async ({ only }) => {
    const peers = [...PEERS, ...SUITES, ...TOOLS].filter(({ name }) => name.includes(only ?? ''));
    if (peers.length === 0) throw new UsageError(`No client's name contains "${only}".`);
    const { passed, failed, leftOut } = await tryPeers(peers);
    for (const line of leftOut) console.log(`\nDID NOT RUN: ${line}`);
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  },
});

async function tryPeers(peers: readonly Client[]): Promise<Tally> {
  mkdirSync(CACHE, { recursive: true });
  const tally: Tally = { passed: 0, failed: 0, leftOut: [] };
  // They are fetched together: most of that is waiting.
  const prepared = await Promise.allSettled(peers.map((peer) => peer.prepare(CACHE)));
  for (const [index, peer] of peers.entries())
    await report(peer, prepared[index] as PromiseSettledResult<Command>, tally);
  return tally;
}

async function report(peer: Client, prepared: PromiseSettledResult<Command>, tally: Tally): Promise<void> {
  console.log(`\n${peer.name}: ${peer.client}`);
  if ('lacks' in peer && peer.lacks.length > 0) console.log(`  has no public function for: ${peer.lacks.join(', ')}`);
  if (prepared.status === 'rejected' && prepared.reason instanceof NotHere) {
    tally.leftOut.push(`${peer.name} (${peer.client}): ${prepared.reason.message}`);
    return;
  }
  if ('known' in peer && prepared.status === 'fulfilled') await reportSuite(peer, prepared.value, tally);
  else reportChecks(await toChecks(peer, prepared), tally);
}

/** A suite has too many tests to name those that pass. */
async function reportSuite(suite: Suite, command: Command, tally: Tally): Promise<void> {
  const { passed, surprises } = await suite.run(command);
  tally.passed += passed;
  console.log(`  ok    ${passed} tests`);
  for (const { outcome, reason, tests } of suite.known) console.log(`  known ${tests.length} ${outcome}: ${reason}`);
  reportChecks(surprises, tally);
}

function reportChecks(checks: readonly Check[], tally: Tally): void {
  for (const { name, reason } of checks) {
    if (reason === undefined) tally.passed += 1;
    else tally.failed += 1;
    console.log(reason === undefined ? `  ok    ${name}` : `  FAIL  ${name}\n          ${reason}`);
  }
}

async function toChecks(peer: Client, prepared: PromiseSettledResult<Command>): Promise<Check[]> {
  if (prepared.status === 'rejected') return [{ name: 'fetch and build', reason: (prepared.reason as Error).message }];
  return 'lacks' in peer ? tryPeer(peer, prepared.value) : tryTool(prepared.value);
}
