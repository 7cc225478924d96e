import { inspect } from 'node:util';
import type { Failure } from './replay-scenario.ts';

/** A failure as lines of text: which step, and what was recorded and received where they differ. */
export function describeFailure({ step, request, differences }: Failure): string {
  const lines = differences.map(
    ({ where, recorded, received }) =>
      `    ${where}\n      recorded: ${show(recorded)}\n      received: ${show(received)}`,
  );
  return [`  step ${step}: ${request}`, ...lines].join('\n');
}

function show(value: unknown): string {
  return value === undefined ? '(absent)' : inspect(value, { breakLength: 120, depth: 6 });
}
