import { readFileSync } from 'node:fs';
import type { Scenario } from './scenario.ts';

/** The scenarios of this project: conversations recorded from a genuine Conjur OSS 1.24.0. */
export function loadScenarios(file = new URL('scenarios.json', import.meta.url)): Scenario[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}
