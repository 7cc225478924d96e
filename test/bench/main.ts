import { commaSeparated, number, text, toggle, UsageError } from '../../infra/cli/flags.ts';
import { showProgress } from '../../infra/cli/progress.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import { COMPARISON_NAMES, type ComparisonName } from './comparison-names.ts';
import type { Result } from './report/result.ts';
import type { ReportFiles } from './report/save-report.ts';

interface Plan extends ReportFiles {
  readonly names: readonly ComparisonName[];
  readonly runs: number;
  /** 1 for a full run. */
  readonly scale: number;
  readonly everything: boolean;
}

await runCommand({
  start: 'npm run bench',
  summary: 'Compares the built functions with other ways to use Conjur, at a local Conjur, as ratios within one run.',
  flags: {
    only: commaSeparated('NAMES', `some of ${COMPARISON_NAMES.join(',')}`),
    runs: number('N', 'measure everything N times, and print the spread of the medians (default 1)', {
      ...{ min: 1, max: 100, byDefault: 1 },
    }),
    quick: toggle('a tenth of the work: for a look, not for a figure'),
    all: toggle('print every figure, and not only the ratios that have a limit'),
    json: text('FILE', 'write every figure to a file'),
    publish: toggle(
      'put what "bench" and "bench:cold" found last into README.md, docs/performance.md, docs/bench.svg and .json',
    ),
  },
  run: ({ only, quick, all, ...rest }) =>
    measure({ ...rest, names: parseNames(only), scale: quick ? 0.1 : 1, everything: all }),
});

async function measure({ names, runs, scale, everything, ...files }: Plan): Promise<void> {
  const { buildFunctions } = await import('../../infra/build/build.ts');
  const { describeMachine } = await import('./report/describe-machine.ts');
  const { formatResults, joinRuns } = await import('./report/result.ts');
  const { saveReport } = await import('./report/save-report.ts');
  const machine = describeMachine();
  console.log(`Node ${machine.node}, ${machine.processors} processors (${machine.processor}), load ${machine.load}`);
  await showProgress('building the functions', buildFunctions());
  const all: Result[][] = [];
  for (let run = 1; run <= runs; run += 1)
    all.push(
      await measureOnce(names, scale, (name) => console.log(runs === 1 ? `${name} …` : `${run}/${runs} ${name} …`)),
    );
  const results = joinRuns(all);
  console.log(`\n${formatResults(results, everything)}`);
  console.log(`Everything: ${saveReport('warm', { machine, scale, runs, results }, files)}`);
}

async function measureOnce(
  names: readonly ComparisonName[],
  scale: number,
  onBegin: (name: string) => void,
): Promise<Result[]> {
  const { runMeasuring } = await import('./run-measuring.ts');
  const results: Result[] = [];
  // Each in a process of its own, as a container is: with a second copy of a bundle beside it, the first would run slower.
  for (const name of names) results.push(...(await runMeasuring({ comparisons: [name], scale }, onBegin)));
  return results;
}

function parseNames(only: readonly string[]): readonly ComparisonName[] {
  if (only.length === 0) return COMPARISON_NAMES;
  const known: readonly string[] = COMPARISON_NAMES;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`--only takes ${known.join(', ')}, not ${unknown.join(', ')}.`);
  return only as ComparisonName[];
}
