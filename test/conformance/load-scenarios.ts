import { readFileSync } from 'node:fs';
import type { Scenario } from './scenario.ts';

/** Conversations recorded from a genuine Conjur OSS 1.24.0. In the second file lists stand in the order of the database's collation. */
const RECORDINGS = [
  { file: new URL('scenarios.json', import.meta.url), areListsSets: false },
  { file: new URL('transcripts-2.json', import.meta.url), areListsSets: true },
];

/** The scenarios of this project, from both files. */
export function loadScenarios(): Scenario[] {
  return RECORDINGS.flatMap(({ file, areListsSets }) => readScenarios(file, areListsSets));
}

/**
 * The scenarios of one file.
 *
 * @param areListsSets whether the order of a list in an answer does not count.
 */
export function readScenarios(file: URL, areListsSets: boolean): Scenario[] {
  const scenarios: Scenario[] = JSON.parse(readFileSync(file, 'utf8'));
  return scenarios.map((scenario) => ({ ...scenario, areListsSets }));
}
