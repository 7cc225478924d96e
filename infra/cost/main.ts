import { number, text, toggle, UsageError } from '../cli/flags.ts';
import { runCommand } from '../cli/run-command.ts';
import { DEPLOY_FLAGS } from '../deploy/flags.ts';
import { parseCount } from './parse-count.ts';

await runCommand({
  start: 'npm run cost',
  summary:
    'Estimates what a month of reads costs in AWS: by the HTTP API, directly, and with AWS Secrets Manager instead.',
  flags: {
    reads: text('N', 'reads a month: 250000, 500k, 1M (default 1M)', '1M'),
    memory: number('MB', 'memory of read-secret (default 512)', { min: 128, max: 10_240, byDefault: 512 }),
    p50: number('MS', 'milliseconds that Lambda bills for a warm read (default 20)', {
      ...{ min: 1, max: 900_000, byDefault: 20 },
    }),
    cold: number('PERCENT', 'of the reads that start a container (default 1)', {
      ...{ min: 0, max: 100, fractions: true, byDefault: 1 },
    }),
    init: number('MS', 'milliseconds that Lambda bills for a start (default 250)', {
      ...{ min: 0, max: 900_000, byDefault: 250 },
    }),
    secrets: number('N', 'secrets that the programs read, which would be in Secrets Manager (default 20)', {
      ...{ min: 1, max: 1_000_000, byDefault: 20 },
    }),
    containers: number('N', "the programs' own containers, each with an extension (default 10)", {
      ...{ min: 1, max: 1_000_000, byDefault: 10 },
    }),
    prices: text('FILE', 'your own prices, in the form of infra/cost/prices.json; what it leaves out stays'),
    stage: text('NAME', 'stage of the stack (default prod)', 'prod'),
    param: DEPLOY_FLAGS.param,
    docs: text('FILE', 'put the tables into a document'),
    json: toggle('print JSON'),
  },
  notes: `What the stack has is counted in its template, and what a call logs in a line of read-secret.

  npm run cost -- --reads 1M --memory 512 --p50 20
  npm run cost -- --reads 20M --param="heartbeat=off" --prices my-prices.json`,
  run: async ({ reads, memory, p50, cold, init, secrets, containers, json, docs, prices, stage, param }) => {
    const use = {
      ...{ reads: parseCount(reads, '--reads'), memoryMb: memory, p50Ms: p50, coldPercent: cold, initMs: init },
      ...{ secrets, containers },
    };
    const { readFileSync, writeFileSync } = await import('node:fs');
    const { estimateCost } = await import('./estimate-cost.ts');
    const { fillInCost, formatCost } = await import('./format-cost.ts');
    const cost = await estimateCost(use, readPrices(await import('./prices.ts'), prices, readFileSync), [
      `--stage=${stage}`,
      ...param.map((pair) => `--param=${pair}`),
    ]);
    if (docs !== undefined) writeFileSync(docs, fillInCost(readFileSync(docs, 'utf8'), cost));
    console.log(json ? JSON.stringify(cost, null, 2) : formatCost(cost));
  },
});

function readPrices(
  { readPriceTable, withPrices }: typeof import('./prices.ts'),
  file: string | undefined,
  read: (path: string, encoding: 'utf8') => string,
): import('./prices.ts').PriceTable {
  const table = readPriceTable();
  if (file === undefined) return table;
  try {
    return withPrices(table, read(file, 'utf8'));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--prices ${file}: ${error.message}.`);
    throw error;
  }
}
