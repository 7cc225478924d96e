import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CapturedOutput, captureOutput } from '../../canary/capture-output.ts';
import { collectTokens, type TokenCollector } from '../../canary/collect-tokens.ts';
import { findLeaks, type Leak } from '../../canary/find-leaks.ts';
import { toEvidence } from '../../canary/to-evidence.ts';
import { createFaults } from '../fault-proxy/create-faults.ts';
import type { Fault } from '../fault-proxy/fault.ts';
import { EXPECTATIONS, isAsExpected } from './expectations.ts';
import { type FaultWorld, startFaultWorld } from './fault-world.ts';
import { inLanes } from './in-lanes.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { type CellResult, type Extent, runCell, TIMEOUT_MS } from './run-cell.ts';

/** What an invocation has; the slowest cell takes two requests of four attempts each. */
const REMAINING_MS = 25_000;
/** An answer later than this after the end of its time is a hang, however busy the machine is. */
const HANG_MS = 10_000;

interface Done extends Pick<CellResult, 'outcome' | 'elapsedMs'> {
  readonly leaks: readonly Leak[];
  readonly texts: number;
}

let world: FaultWorld;
let output: CapturedOutput;
let tokens: TokenCollector;
const done = new Map<string, Done | Error>();

const keyOf = (fault: string, operation: string, extent: Extent | 'short') => `${fault}|${operation}|${extent}`;

function faultOf(name: string): Fault {
  const faults = createFaults({ otherHost: world.otherHost, delayMs: 2 * TIMEOUT_MS + 1_000 });
  return faults.get(name) as Fault;
}

async function fill(fault: string, operation: Operation, extent: Extent | 'short', remainingMs: number): Promise<void> {
  const cell = {
    fault: faultOf(fault),
    operation,
    extent: extent === 'short' ? 'always' : extent,
    remainingMs,
  } as const;
  try {
    const { outcome, elapsedMs, evidence, secrets } = await runCell(world, cell);
    const texts = new Map(
      evidence.map((value, index) => [`${fault}, ${operation.name}, ${extent}: ${index}`, toEvidence(value)]),
    );
    done.set(keyOf(fault, operation.name, extent), {
      outcome,
      elapsedMs,
      leaks: findLeaks(secrets, texts),
      texts: texts.size,
    });
  } catch (error) {
    done.set(keyOf(fault, operation.name, extent), error as Error);
  }
}

beforeAll(async () => {
  world = await startFaultWorld();
  output = captureOutput();
  tokens = collectTokens();
  const named = (name: string) => OPERATIONS.find((operation) => operation.name === name) as Operation;
  const jobs = EXPECTATIONS.map(({ fault, operation, extent }) => ({
    fault,
    run: () => fill(fault, named(operation), extent, REMAINING_MS),
  }));
  const isWaiting = (fault: string) => fault === 'slow-first-byte' || fault === 'trickling-answer';
  const runs = (choose: (fault: string) => boolean) => jobs.filter(({ fault }) => choose(fault)).map(({ run }) => run);
  const short = OPERATIONS.map((operation) => () => fill('slow-first-byte', operation, 'short', 800));
  try {
    await Promise.all([
      // Those that only wait, all at once; those that move tens of megabytes, one by one.
      inLanes(64, runs(isWaiting)),
      inLanes(4, [...runs((fault) => !isWaiting(fault) && fault !== 'huge-answer'), ...short]),
      inLanes(
        1,
        runs((fault) => fault === 'huge-answer'),
      ),
    ]);
  } finally {
    tokens.stop();
    output.release();
  }
}, 180_000);

afterAll(() => world?.close());

function resultOf(fault: string, operation: string, extent: Extent | 'short'): Done {
  const result = done.get(keyOf(fault, operation, extent));
  if (result === undefined || result instanceof Error) throw result ?? new Error('this cell was not run');
  return result;
}

describe('the fault table', () => {
  it('names every fault and every operation', () => {
    const faults = createFaults({ otherHost: world.otherHost, delayMs: 1 });
    expect(new Set(EXPECTATIONS.map(({ fault }) => fault))).toEqual(new Set(faults.keys()));
    expect(EXPECTATIONS).toHaveLength(faults.size * OPERATIONS.length * 2);
    process.stdout.write(
      `\nfault table: ${faults.size} faults x ${OPERATIONS.length} operations x 2 (first attempt, every attempt) = ${EXPECTATIONS.length} cells\n`,
    );
  });

  describe.each([...new Set(EXPECTATIONS.map(({ fault }) => fault))])('%s', (fault) => {
    it.each(EXPECTATIONS.filter((cell) => cell.fault === fault))(
      '$extent in $operation: $outcome',
      ({ operation, extent, outcome }) => {
        const cell = resultOf(fault, operation, extent);
        expect(isAsExpected(outcome, cell.outcome), cell.outcome).toBe(true);
        expect(cell.elapsedMs).toBeLessThan(REMAINING_MS + HANG_MS);
      },
    );
  });

  it.each(OPERATIONS.map(({ name }) => name))(
    'answers deadline_exceeded where %s would take longer than its invocation',
    (operation) => {
      const cell = resultOf('slow-first-byte', operation, 'short');
      expect(cell.outcome).toBe('deadline_exceeded');
      expect(cell.elapsedMs).toBeLessThan(800 + HANG_MS);
    },
  );
});

describe('what must not be told', () => {
  it('stands in no log line, report, setting or error of any cell', () => {
    const cells = [...done.values()].filter((cell): cell is Done => !(cell instanceof Error));
    const texts = cells.reduce((sum, cell) => sum + cell.texts, 0);
    const leaks = cells.flatMap((cell) => cell.leaks);
    process.stdout.write(`\ncanary: ${texts} texts of ${cells.length} cells were searched, ${leaks.length} finds\n`);
    expect(leaks).toEqual([]);
  });

  it('was not printed', () => {
    const secrets = new Map([...world.secrets, ...[...tokens.tokens].map((token) => [token, 'token'] as const)]);
    // A token says the second of its issue, so that two of one second and one identity are the same: there are as many as seconds.
    expect(tokens.tokens.size).toBeGreaterThan(5);
    // The lines of each cell's logger are searched with the cell; this is what went around it.
    expect(findLeaks(secrets, new Map([['output', output.text()]]))).toEqual([]);
  });
});
