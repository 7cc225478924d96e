import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { isConjurError } from '../../../lib/errors.ts';
import { pairScenario, singleScenario } from './support/credential-scenarios.ts';
import { type Fault, Gate, type OutgoingCall, type PlannedFault } from './support/gate.ts';
import { CrashedError, startProcess } from './support/process.ts';
import type { Cell, Scenario } from './support/scenario.ts';
import { randomScenario, renameScenario, suppliedScenario } from './support/variable-scenarios.ts';
import { virtualKeyScenario } from './support/virtual-key-scenarios.ts';
import { startWorld, type World } from './support/world.ts';

const SCENARIOS: readonly Scenario[] = [
  randomScenario(true),
  randomScenario(false),
  suppliedScenario,
  renameScenario(true),
  renameScenario(false),
  virtualKeyScenario,
  pairScenario('a direct call'),
  pairScenario('the four steps'),
  singleScenario('the four steps'),
];

interface Column {
  readonly title: string;
  readonly fault: Fault;
  readonly lasting: boolean;
}

/** What can befall a call: once, and (but for crashes) from that call on. */
const COLUMNS: readonly Column[] = [
  { title: 'crash before', fault: 'crash-before', lasting: false },
  { title: 'crash after', fault: 'crash-after', lasting: false },
  { title: 'answer lost', fault: 'answer-lost', lasting: false },
  { title: 'answers lost', fault: 'answer-lost', lasting: true },
  { title: '5xx', fault: 'answer-5xx', lasting: false },
  { title: '5xx on', fault: 'answer-5xx', lasting: true },
  { title: 'time-out', fault: 'timeout', lasting: false },
];

/** Some hundred rotations; a busy machine takes its time. */
const TIMEOUT_MS = 120_000;

let cells = 0;

afterAll(() => console.log(`The crash matrix has ${cells} cells.`));

describe('a rotation that is broken off anywhere is finished by running it again', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_, scenario) => {
      const world = await startWorld(scenario.environment);
      onTestFinished(() => world.close());
      const calls = await recordCalls(world, scenario);
      const table = calls.flatMap((call, at) => COLUMNS.map((column) => ({ call, at, column })));
      const prepared = await scenario.prepare(
        world,
        table.map((_, index) => `cell-${index}`),
      );
      const failures: string[] = [];
      for (const [index, { call, at, column }] of table.entries()) {
        const failure = await runCell(world, prepared[index] as Cell, { at, ...column });
        if (failure !== undefined) failures.push(`${column.title} at ${describeCall(call, at)}: ${failure}`);
      }
      cells += table.length;
      expect(failures, `${failures.length} of ${table.length} cells`).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** The calls of a run that nothing disturbs; they are the rows of the table. */
async function recordCalls(world: World, scenario: Scenario): Promise<readonly OutgoingCall[]> {
  const [cell] = await scenario.prepare(world, ['clean-run']);
  const process = startProcess(world);
  await cell?.attempt(process);
  await cell?.checkAfterSecond();
  expect(process.gate.calls.length).toBeGreaterThan(2);
  return process.gate.calls;
}

/** Undefined, or what went wrong. */
async function runCell(world: World, cell: Cell, plan: PlannedFault): Promise<string | undefined> {
  try {
    await cell.attempt(startProcess(world, new Gate(plan))).catch(assertExpected);
    await cell.checkAfterFirst?.();
    await cell.attempt(startProcess(world));
    await cell.checkAfterSecond();
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** A try may crash, or fail in a way that callers know; anything else is a mistake of the program. */
function assertExpected(error: unknown): void {
  if (error instanceof CrashedError) return;
  if (isConjurError(error) && error.code !== 'internal') return;
  throw error;
}

function describeCall({ service, name }: OutgoingCall, at: number): string {
  return `call ${at + 1}, ${service} ${name}`;
}
