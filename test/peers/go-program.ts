import { findProgram } from '../support/find-program.ts';
import { NotHere } from './peer.ts';
import { runStep } from './run-step.ts';

/** Minor version, as the pinned modules need it. */
const OLDEST_GO = 25;

/**
 * The path of Go on this machine.
 *
 * @throws NotHere where there is none, or one that is too old.
 */
export async function needGo(): Promise<string> {
  const program = findProgram('go');
  if (program === undefined) throw new NotHere('this machine has no go');
  const version = await runStep({ program, args: ['env', 'GOVERSION'] }, import.meta.dirname);
  if (Number(/^go1\.(\d+)/.exec(version)?.[1]) >= OLDEST_GO) return program;
  throw new NotHere(`Go 1.${OLDEST_GO} is needed; this is ${version.trim()}`);
}

/**
 * What Go keeps, below the cache folder.
 *
 * @param mode by default only what go.sum knows
 */
export function goEnvironment(cache: string, mode = '-mod=readonly'): Record<string, string> {
  return {
    GOMODCACHE: `${cache}/go-modules`,
    GOCACHE: `${cache}/go-build`,
    // Files of the cache may be deleted again.
    GOFLAGS: `${mode} -modcacherw -buildvcs=false`,
    GOTOOLCHAIN: 'local',
  };
}
