import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../support/seeded-random.ts';
import { type Judgement, judgeSamples } from './judge-samples.ts';
import type { Sample, SoakMessage } from './messages.ts';
import { startSoakWorld } from './soak-world.ts';

export interface SoakOptions {
  readonly durationMs: number;
  /** The same seed makes the same calls and faults, though not at the same moments. */
  readonly seed: number;
  readonly onSample?: (sample: Sample) => void;
}

export interface SoakResult extends Judgement {
  readonly samples: readonly Sample[];
  /** What was rejected unhandled, mixed up, undocumented or late, in words; empty where nothing was. */
  readonly faults: readonly string[];
  /** Calls by function and outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Samples of one run, however long it is: enough to compare thirds. */
const SAMPLES = 60;
const MIN_SAMPLE_MS = 500;

/**
 * Puts the built functions (`npm run build`) under a mixed load with rotations and faults.
 * @returns what was counted; `faults` and `growth` are empty where all is well
 */
export async function runSoak({ durationMs, seed, onSample }: SoakOptions): Promise<SoakResult> {
  const world = await startSoakWorld(seededRandom(seed));
  const samples: Sample[] = [];
  const faults: string[] = [];
  const child = fork(fileURLToPath(new URL('soaked-process.ts', import.meta.url)), {
    env: { PATH: process.env.PATH, ...world.environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message: SoakMessage) => {
        if (message.kind === 'ended') resolve();
        else if (message.kind === 'fault') faults.push(message.what);
        else {
          samples.push(message);
          onSample?.(message);
        }
      });
      child.once('exit', (code, signal) => reject(new Error(`The soaked process ended early (${code ?? signal}).`)));
      child.send({ durationMs, sampleEveryMs: Math.max(MIN_SAMPLE_MS, durationMs / SAMPLES), seed });
    });
  } finally {
    child.removeAllListeners('exit');
    child.kill();
    await world.close();
  }
  return { ...judgeSamples(samples), faults, samples, outcomes: samples.at(-1)?.outcomes ?? {} };
}
