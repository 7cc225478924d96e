import { parseArgs } from 'node:util';
import { buildFunctions } from '../../infra/build/build.ts';
import type { Sample } from './messages.ts';
import { runSoak } from './run-soak.ts';

const HELP = `Puts the built functions under a mixed load with rotations and faults, and looks for what grows.

  npm run soak                              30 minutes
  npm run soak -- --minutes 1 --seed 7
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) process.stdout.write(HELP);
else await run(Number(values.minutes), Number(values.seed));

async function run(minutes: number, seed: number): Promise<void> {
  if (!(minutes >= 0.2) || !Number.isSafeInteger(seed)) {
    process.stderr.write('--minutes must be at least 0.2, and --seed a whole number.\n');
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`soak of ${minutes} minutes, seed ${seed}\n`);
  await buildFunctions();
  const { growth, memoryBefore, memoryAfter, outcomes, ...result } = await runSoak({
    durationMs: minutes * 60_000,
    seed,
    onSample: (sample) => process.stdout.write(`${toLine(sample)}\n`),
  });
  for (const [outcome, count] of Object.entries(outcomes).sort()) process.stdout.write(`  ${outcome}: ${count}\n`);
  process.stdout.write(
    `memory: ${toMegabytes(memoryBefore)} after the warm-up, ${toMegabytes(memoryAfter)} at the end\n`,
  );
  const faults = [...result.faults, ...growth];
  for (const fault of faults) process.stdout.write(`FAULT: ${fault}\n`);
  process.stdout.write(
    faults.length === 0 ? 'passed: nothing was lost, and nothing grew\n' : `failed: ${faults.length} faults\n`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function toLine({ atMs, memoryBytes, resources, outcomes }: Sample): string {
  const calls = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const held = Object.entries(resources).map(([kind, count]) => `${kind} ${count}`);
  return `${(atMs / 1000).toFixed(0).padStart(5)} s  ${calls} calls  ${toMegabytes(memoryBytes)}  ${held.join(', ')}`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
