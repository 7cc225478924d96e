import { number, text, toggle } from '../../../infra/cli/flags.ts';
import { runCommand } from '../../../infra/cli/run-command.ts';
import { describeMachine } from '../report/describe-machine.ts';
import { formatTable } from '../report/format-table.ts';
import { formatResults } from '../report/result.ts';
import { type ReportFiles, saveReport } from '../report/save-report.ts';
import type { Subject } from './subjects.ts';
import { toColdResult } from './to-cold-result.ts';

await runCommand({
  start: 'npm run bench:cold',
  summary: 'Times cold starts: from the start of the process to its first request for an event, less an empty handler.',
  flags: {
    rounds: number('N', 'starts of each bundle, per variant (default 21)', { min: 1, max: 10_000, byDefault: 21 }),
    quick: toggle('15 rounds'),
    json: text('FILE', 'write the figures to a file'),
    svg: text('FILE', 'draw the figures of the last "bench" and "bench:cold"'),
    docs: text('FILE', 'put those figures into a document'),
    'install-runtime-client': toggle(
      "first install AWS's runtime client into .local (needs a C++ compiler, cmake, xz, and a minute or more)",
    ),
  },
  run: ({ rounds, quick, 'install-runtime-client': isClientWanted, ...files }) =>
    measure(quick ? 15 : rounds, isClientWanted, files),
});

async function measure(rounds: number, isClientWanted: boolean, files: ReportFiles): Promise<void> {
  const { measureColdStarts } = await import('./measure-cold-starts.ts');
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
    const login = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
    const started = await measureColdStarts(starter, subjects, login, rounds);
    console.log('the same without a login …\n');
    // Without a credential the settings are refused, and nothing is sent: what is left is the loading.
    const loaded = await measureColdStarts(starter, subjects, { CYBERARK_API_BASE: conjur.url }, rounds);
    const results = [toColdResult('with login', started), toColdResult('loading alone', loaded)];
    console.log(formatResults(results));
    const sizes = subjects.map(toSize);
    saveReport('cold', { machine, rounds, runtimeClient: client.description, sizes, results }, files);
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
