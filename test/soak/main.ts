import { number } from '../../infra/cli/flags.ts';
import { showProgress } from '../../infra/cli/progress.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import type { Sample } from './messages.ts';

await runCommand({
  start: 'npm run soak',
  summary: 'Puts the built functions under a mixed load with rotations and faults, and looks for what grows.',
  flags: {
    minutes: number('N', 'how long (default 30)', { min: 0.2, max: 10_000, fractions: true, byDefault: 30 }),
    seed: number('N', 'repeats the choices of an earlier run (default: a new one, which is printed)', {
      min: 0,
      max: 2 ** 31,
    }),
  },
  run: ({ minutes, seed = Date.now() % 2 ** 31 }) => run(minutes, seed),
});

/** @returns the exit status */
async function run(minutes: number, seed: number): Promise<number> {
  const { buildFunctions } = await import('../../infra/build/build.ts');
  const { runSoak } = await import('./run-soak.ts');
  process.stdout.write(`soak of ${minutes} minutes, seed ${seed}\n`);
  await showProgress('building the functions', buildFunctions());
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
  return faults.length === 0 ? 0 : 1;
}

function toLine({ atMs, memoryBytes, resources, outcomes }: Sample): string {
  const calls = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const held = Object.entries(resources).map(([kind, count]) => `${kind} ${count}`);
  return `${(atMs / 1000).toFixed(0).padStart(5)} s  ${calls} calls  ${toMegabytes(memoryBytes)}  ${held.join(', ')}`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
