import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { createBareClient } from '../clients/create-bare-client.ts';
import { loadFunction } from '../clients/load-function.ts';
import { repeatInTurn } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

const OURS = 'bench/write-ours';
const THEIRS = 'bench/write-theirs';
/** What LiteLLM loads before every write: a document with this one variable. */
const DOCUMENT = `- !variable\n  id: ${THEIRS}\n`;

/** A write to an existing variable ÷ LiteLLM's sequence on the same server: load policy, then write. */
export async function compareWrite({ conjur, scale }: BenchContext): Promise<Result> {
  const bare = await createBareClient(conjur);
  const write = await loadFunction('write-secret', conjur);
  let count = 0;
  // A value of its own for each write, so that each makes a version.
  const next = (): string => {
    count += 1;
    return `value ${count}`;
  };
  const contenders = {
    ours: () => write({ name: OURS, value: next(), version: false }),
    versioned: () => write({ name: OURS, value: next() }),
    theirs: async () => {
      await bare.loadPolicy(DOCUMENT);
      await bare.writeSecret(THEIRS, next());
    },
  };
  strictEqual(((await write({ name: OURS, value: next() })) as { created: boolean }).created, false);
  const requests = {
    ours: await countRequests(conjur, contenders.ours),
    versioned: await countRequests(conjur, contenders.versioned),
    theirs: await countRequests(conjur, contenders.theirs),
  };
  const turns = await repeatInTurn(contenders, { repetitions: 7, rounds: scale(60) });
  await bare.close();
  const median = (times: readonly number[]): number => percentile(times, 0.5);
  return {
    title: 'write',
    ratios: [
      toRatio(
        "write to an existing variable ÷ LiteLLM's sequence",
        turns.map(({ ours, theirs }) => median(ours) / median(theirs)),
        0.6,
      ),
      toRatio(
        "the same, and ask for the version ÷ LiteLLM's sequence",
        turns.map(({ versioned, theirs }) => median(versioned) / median(theirs)),
      ),
      toRatio("requests of a write ÷ of LiteLLM's sequence", [requests.ours / requests.theirs]),
    ],
    figures: [
      { figure: 'requests of a write', unit: 'requests', measured: summarize([requests.ours]) },
      {
        figure: 'requests of a write that asks for the version',
        unit: 'requests',
        measured: summarize([requests.versioned]),
      },
      { figure: "requests of LiteLLM's sequence", unit: 'requests', measured: summarize([requests.theirs]) },
      { figure: 'write', unit: 'ms', measured: summarize(turns.map(({ ours }) => median(ours))) },
      { figure: "LiteLLM's sequence", unit: 'ms', measured: summarize(turns.map(({ theirs }) => median(theirs))) },
    ],
  };
}

async function countRequests(conjur: ConjurProcess, work: () => Promise<unknown>): Promise<number> {
  await conjur.takeCount();
  await work();
  return conjur.takeCount();
}
