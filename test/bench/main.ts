import { parseArgs } from 'node:util';
import { buildFunctions } from '../../infra/build/build.ts';
import { COMPARISONS, type ComparisonName } from './measuring-process.ts';
import { describeMachine } from './report/describe-machine.ts';
import { formatResults } from './report/result.ts';
import { saveReport } from './report/save-report.ts';
import { runMeasuring } from './run-measuring.ts';

const NAMES = Object.keys(COMPARISONS) as ComparisonName[];
const HELP = `Compares the built functions with other ways to use Conjur, at a local Conjur, as ratios within one run.

  npm run bench -- [flags]

  --only NAMES    comma separated: ${NAMES.join(', ')}
  --quick         a tenth of the work: for a look, not for a figure
  --json FILE     write the figures to a file
  --svg FILE      draw the figures of the last \`bench\` and \`bench:cold\`
  --docs FILE     put those figures into a document
`;

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
    docs: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (flags.help) say(HELP);
else await main(parseNames(flags.only));

async function main(names: readonly ComparisonName[]): Promise<void> {
  const machine = describeMachine();
  say(`Node ${machine.node}, ${machine.processors} processors (${machine.processor}), load ${machine.load}`);
  await buildFunctions();
  const scale = flags.quick ? 0.1 : 1;
  const began = (name: string): void => say(`${name} …`);
  // Memory is looked at in a process that has done nothing else.
  const rest = names.filter((name) => name !== 'memory');
  const results = [
    ...(rest.length > 0 ? await runMeasuring({ comparisons: rest, scale }, began) : []),
    ...(names.includes('memory') ? await runMeasuring({ comparisons: ['memory'], scale }, began) : []),
  ];
  say(`\n${formatResults(results)}`);
  saveReport('warm', { machine, scale, results }, flags);
}

function parseNames(only: string | undefined): readonly ComparisonName[] {
  if (only === undefined) return NAMES;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new RangeError(`--only does not know ${unknown.join(', ')}; it knows ${NAMES.join(', ')}`);
  return names as ComparisonName[];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
