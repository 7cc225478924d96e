import { parseArgs } from 'node:util';
import { fuzzEvents } from './fuzz-events.ts';
import { measureCoverage } from './measure-coverage.ts';

const HELP = `Sends random events to the three functions, in one process with a local Conjur, and judges every answer.

  npm run fuzz                                  100,000 events
  npm run fuzz -- --events 5000 --seed 42       the same events again
  npm run fuzz -- --coverage                    says which code behind the handlers no event reached
`;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    coverage: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.coverage) await showCoverage();
else await run(Number(values.events), Number(values.seed));

/** What events can reach; what only other settings, servers or faults lead to is other tests' business. */
function isMeasured(path: string): boolean {
  return /^functions\/(?:[\w-]+\/(?:parse-|request|read-secret|write-secret|delete-secret|rotate-key|to-answer|cursor|decode)|shared\/(?:http|parse-input|schema|encode))/.test(
    path,
  );
}

async function showCoverage(): Promise<void> {
  const { blocks, reached, missed } = await measureCoverage(
    () => run(Number(values.events), Number(values.seed)),
    isMeasured,
  );
  process.stdout.write(
    `\n${reached} of ${blocks} blocks were reached\n${missed.map((place) => `  not reached: ${place}\n`).join('')}`,
  );
}

async function run(events: number, seed: number): Promise<void> {
  if (!Number.isSafeInteger(events) || events < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write('--events and --seed must be whole numbers.\n');
    process.exitCode = 2;
    return;
  }
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
  process.exitCode = unhandled === 0 ? 0 : 1;
}
