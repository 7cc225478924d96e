import { number, text, toggle } from '../../../infra/cli/flags.ts';
import { runCommand } from '../../../infra/cli/run-command.ts';
import { describeMachine } from '../report/describe-machine.ts';
import { formatTable } from '../report/format-table.ts';
import { formatResults, joinRuns, type Result } from '../report/result.ts';
import { type ReportFiles, saveReport } from '../report/save-report.ts';
import type { ConjurAddress } from '../server/messages.ts';
import { measureColdStarts } from './measure-cold-starts.ts';
import type { Subject } from './subjects.ts';
import type { ColdStarter } from './time-cold-start.ts';
import { toColdResult } from './to-cold-result.ts';

await runCommand({
  start: 'npm run bench:cold',
  summary: 'Times cold starts: from the start of the process to its first request for an event, less an empty handler.',
  flags: {
    rounds: number('N', 'starts of each bundle, per variant (default 21)', { min: 1, max: 10_000, byDefault: 21 }),
    runs: number('N', 'measure everything N times, and print the spread of the medians (default 1)', {
      ...{ min: 1, max: 100, byDefault: 1 },
    }),
    quick: toggle('15 rounds'),
    all: toggle('print every figure, and not only the ratios that have a limit'),
    json: text('FILE', 'write every figure to a file'),
    publish: toggle(
      'put what "bench" and "bench:cold" found last into README.md, docs/performance.md, docs/bench.svg and .json',
    ),
    'install-runtime-client': toggle(
      "first install AWS's runtime client into .local (needs a C++ compiler, cmake, xz, and a minute or more)",
    ),
  },
  run: ({ rounds, quick, all, 'install-runtime-client': isClientWanted, ...rest }) =>
    measure({ ...rest, rounds: quick ? 15 : rounds, isClientWanted, everything: all }),
});

interface Plan extends ReportFiles {
  readonly rounds: number;
  readonly runs: number;
  readonly isClientWanted: boolean;
  readonly everything: boolean;
}

async function measure({ rounds, runs, isClientWanted, everything, ...files }: Plan): Promise<void> {
  const { findRuntimeClient, installRuntimeClient } = await import('./runtime-client.ts');
  const { buildSubjects } = await import('./subjects.ts');
  const { createColdStarter } = await import('./time-cold-start.ts');
  const { startConjurProcess } = await import('../server/start-conjur-process.ts');
  if (isClientWanted) {
    console.log("installing AWS's runtime client …");
    await installRuntimeClient();
  }
  const client = findRuntimeClient();
  const machine = describeMachine();
  console.log(`Node ${machine.node}, ${machine.processors} processors (${machine.processor}), load ${machine.load}`);
  const subjects = await buildSubjects();
  console.log(`\n${formatSizes(subjects)}`);
  console.log(`${rounds} starts of each under ${client.description} …`);
  const conjur = await startConjurProcess();
  const starter = await createColdStarter(client);
  try {
    const all: Result[][] = [];
    for (let run = 1; run <= runs; run += 1) {
      if (runs > 1) console.log(`${run}/${runs} …`);
      all.push(await measureOnce(starter, subjects, conjur, rounds));
    }
    const results = joinRuns(all);
    console.log(`\n${formatResults(results, everything)}`);
    const sizes = subjects.map(toSize);
    const report = { machine, runs, rounds, runtimeClient: client.description, sizes, results };
    console.log(`Everything: ${saveReport('cold', report, files)}`);
  } finally {
    await starter.close();
    await conjur.close();
  }
}

async function measureOnce(
  starter: ColdStarter,
  subjects: readonly Subject[],
  { url, adminApiKey }: ConjurAddress,
  rounds: number,
): Promise<Result[]> {
  const login = { CYBERARK_API_BASE: url, CYBERARK_API_KEY: adminApiKey };
  const started = await measureColdStarts(starter, subjects, login, rounds);
  // Without a credential the settings are refused, and nothing is sent: what is left is the loading.
  const loaded = await measureColdStarts(starter, subjects, { CYBERARK_API_BASE: url }, rounds);
  return [toColdResult('with login', started), toColdResult('loading alone', loaded)];
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
