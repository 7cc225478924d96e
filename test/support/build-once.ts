import { buildFunctions } from '../../infra/build/build.ts';

/** Runs once before all tests: what is tested end to end are the bundles of the present source. */
export async function setup(): Promise<void> {
  await buildFunctions();
}
