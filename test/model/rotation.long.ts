import { afterAll } from 'vitest';
import { report, runScenarios } from './run-scenarios.ts';
import { DEEPER } from './scenarios.ts';

afterAll(report);

runScenarios(DEEPER);
