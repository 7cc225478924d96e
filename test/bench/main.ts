import { commaSeparated, text, toggle, UsageError } from '../../infra/cli/flags.ts';
import { showProgress } from '../../infra/cli/progress.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import { COMPARISON_NAMES, type ComparisonName } from './comparison-names.ts';
import type { ReportFiles } from './report/save-report.ts';

await runCommand({
  start: 'npm run bench',
  summary: 'Compares the built functions with other ways to use Conjur, at a local Conjur, as ratios within one run.',
  flags: {
    only: commaSeparated('NAMES', `some of ${COMPARISON_NAMES.join(',')}`),
    quick: toggle('a tenth of the work: for a look, not for a figure'),
    json: text('FILE', 'write the figures to a file'),
    svg: text('FILE', 'draw the figures of the last "bench" and "bench:cold"'),
    docs: text('FILE', 'put those figures into a document'),
  },
  run: ({ only, quick, ...files }) => measure(parseNames(only), quick ? 0.1 : 1, files),
});

async function measure(names: readonly ComparisonName[], scale: number, files: ReportFiles): Promise<void> {
  const { buildFunctions } = await import('../../infra/build/build.ts');
  const { describeMachine } = await import('./report/describe-machine.ts');
  const { formatResults } = await import('./report/result.ts');
  const { saveReport } = await import('./report/save-report.ts');
  const { runMeasuring } = await import('./run-measuring.ts');
  const machine = describeMachine();
  console.log(`Node ${machine.node}, ${machine.processors} processors (${machine.processor}), load ${machine.load}`);
  await showProgress('building the functions', buildFunctions());
  const began = (name: string): void => console.log(`${name} …`);
  // Memory is looked at in a process that has done nothing else.
  const rest = names.filter((name) => name !== 'memory');
  const results = [
    ...(rest.length > 0 ? await runMeasuring({ comparisons: rest, scale }, began) : []),
    ...(names.includes('memory') ? await runMeasuring({ comparisons: ['memory'], scale }, began) : []),
  ];
  console.log(`\n${formatResults(results)}`);
  saveReport('warm', { machine, scale, results }, files);
}

function parseNames(only: readonly string[]): readonly ComparisonName[] {
  if (only.length === 0) return COMPARISON_NAMES;
  const known: readonly string[] = COMPARISON_NAMES;
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`--only takes ${known.join(', ')}, not ${unknown.join(', ')}.`);
  return only as ComparisonName[];
}
