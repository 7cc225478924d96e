import { parseArgs } from 'node:util';
import { describeMachine } from '../report/describe-machine.ts';
import { formatTable } from '../report/format-table.ts';
import { formatResults } from '../report/result.ts';
import { saveReport } from '../report/save-report.ts';
import { startConjurProcess } from '../server/start-conjur-process.ts';
import { measureColdStarts } from './measure-cold-starts.ts';
import { findRuntimeClient, installRuntimeClient } from './runtime-client.ts';
import { buildSubjects, type Subject } from './subjects.ts';
import { createColdStarter } from './time-cold-start.ts';
import { toColdResult } from './to-cold-result.ts';

const HELP = `Times cold starts: from the start of the process to its first request for an event, less an empty handler.

  npm run bench:cold -- [flags]

  --rounds N                 starts of each bundle, per variant (default 21)
  --quick                    15 rounds
  --json FILE                write the figures to a file
  --svg FILE                 draw the figures of the last \`bench\` and \`bench:cold\`
  --docs FILE                put those figures into a document
  --install-runtime-client   first install AWS's runtime client into .local (needs a C++ compiler, cmake, xz, and a minute or more)
`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
    docs: { type: 'string' },
    'install-runtime-client': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (flags.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const rounds = flags.quick ? 15 : Number(flags.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number above 0');
  if (flags['install-runtime-client']) {
    say("installing AWS's runtime client …");
    await installRuntimeClient();
  }
  const client = findRuntimeClient();
  const machine = describeMachine();
  say(`Node ${machine.node}, ${machine.processors} processors (${machine.processor}), load ${machine.load}`);
  const subjects = await buildSubjects();
  say(`\n${formatSizes(subjects)}`);
  say(`${rounds} starts of each under ${client.description} …`);
  const conjur = await startConjurProcess();
  const starter = await createColdStarter(client);
  try {
    const login = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
    const started = await measureColdStarts(starter, subjects, login, rounds);
    say('the same without a login …\n');
    // Without a credential the settings are refused, and nothing is sent: what is left is the loading.
    const loaded = await measureColdStarts(starter, subjects, { CYBERARK_API_BASE: conjur.url }, rounds);
    const results = [toColdResult('with login', started), toColdResult('loading alone', loaded)];
    say(formatResults(results));
    saveReport(
      'cold',
      { machine, rounds, runtimeClient: client.description, sizes: subjects.map(toSize), results },
      flags,
    );
  } finally {
    await starter.close();
    await conjur.close();
  }
}

function formatSizes(subjects: readonly Subject[]): string {
  const kb = (bytes: number): string => (bytes / 1000).toFixed(1);
  return `${formatTable(
    ['bundle', 'code KB', 'loaded at start, zipped KB', 'zip KB'],
    subjects.map(({ name, codeBytes, entryZipBytes, zipBytes }) => [
      name,
      ...[codeBytes, entryZipBytes, zipBytes].map(kb),
    ]),
  )}\n`;
}

function toSize({ name, codeBytes, entryZipBytes, zipBytes }: Subject): Omit<Subject, 'directory'> {
  return { name, codeBytes, entryZipBytes, zipBytes };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
