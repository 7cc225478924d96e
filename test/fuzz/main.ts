import { number, toggle } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';

await runCommand({
  start: 'npm run fuzz',
  summary: 'Sends random events to the three functions, in one process with a local Conjur, and judges every answer.',
  flags: {
    events: number('N', 'how many events (default 100000)', { min: 1, max: 1e9, byDefault: 100_000 }),
    seed: number('N', 'repeats the events of an earlier run (default: a new one, which is printed)', {
      min: 0,
      max: 2 ** 31,
    }),
    coverage: toggle('print which code behind the handlers no event reached'),
  },
  run: async ({ events, seed = Date.now() % 2 ** 31, coverage }) =>
    coverage ? showCoverage(() => run(events, seed)) : run(events, seed),
});

/** What events can reach; what only other settings, servers or faults lead to is other tests' business. */
function isMeasured(path: string): boolean {
  return /^functions\/(?:[\w-]+\/(?:parse-|request|read-secret|write-secret|delete-secret|rotate-key|to-answer|cursor|decode)|shared\/(?:http|parse-input|schema|encode))/.test(
    path,
  );
}

async function showCoverage(job: () => Promise<number>): Promise<number> {
  const { measureCoverage } = await import('./measure-coverage.ts');
  let status = 1;
  const measured = await measureCoverage(async () => {
    status = await job();
  }, isMeasured);
  const { blocks, reached, missed } = measured;
  process.stdout.write(
    `\n${reached} of ${blocks} blocks were reached\n${missed.map((place) => `  not reached: ${place}\n`).join('')}`,
  );
  return status;
}

/** @returns the exit status */
async function run(events: number, seed: number): Promise<number> {
  const { fuzzEvents } = await import('./fuzz-events.ts');
  let unhandled = 0;
  process.on('unhandledRejection', (reason) => {
    unhandled += 1;
    process.stderr.write(`unhandled rejection: ${String(reason)}\n`);
  });
  process.stdout.write(`${events} events, seed ${seed}\n`);
  const startedMs = Date.now();
  const { byFunction, byWay } = await fuzzEvents({
    events,
    seed,
    onProgress: (done) => {
      if (done % 10_000 === 0) process.stdout.write(`  ${done} in ${Math.round((Date.now() - startedMs) / 1000)} s\n`);
    },
  });
  process.stdout.write(`\nby function\n${byFunction.toTable()}\n\nby the way in\n${byWay.toTable()}\n`);
  process.stdout.write(`\nunhandled rejections: ${unhandled}\n`);
  return unhandled === 0 ? 0 : 1;
}
