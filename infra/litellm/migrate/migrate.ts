import type { PlannedSecret } from './plan.ts';
import type { StoredSecrets } from './stored-secrets.ts';

export interface MigrateOptions {
  /** False: nothing is changed. */
  readonly apply: boolean;
  /** Whether the old secret is deleted once the new one was read back. */
  readonly deleteOld: boolean;
}

/** What became of a secret, in words. */
export interface Outcome {
  readonly from: string;
  readonly isWell: boolean;
  readonly line: string;
}

/**
 * Moves a secret to the name that it has with the plug-in: written, read back and compared, and only then the old one is deleted. It may
 * be repeated: a name that holds the same value already was moved before.
 */
export async function migrateSecret(
  secrets: StoredSecrets,
  planned: PlannedSecret,
  options: MigrateOptions,
): Promise<Outcome> {
  const { from } = planned;
  if (planned.step === 'stays') return { from, isWell: true, line: `stays    ${from}` };
  if (planned.step === 'blocked') return { from, isWell: false, line: `BLOCKED  ${from}: ${planned.reason}` };
  const { to, isTaken } = planned;
  try {
    const value = await secrets.read(from);
    if (isTaken && !(await secrets.read(to)).equals(value)) {
      return { from, isWell: false, line: `BLOCKED  ${from}: "${to}" exists and has another value` };
    }
    if (!options.apply) return { from, isWell: true, line: `moves    ${from}  ->  ${to}` };
    if (!isTaken) await secrets.write(to, value);
    if (!(await secrets.read(to)).equals(value)) throw new Error(`"${to}" was written, and holds another value.`);
    if (options.deleteOld) await secrets.remove(from);
    return {
      from,
      isWell: true,
      line: `moved    ${from}  ->  ${to}${options.deleteOld ? '' : '  (the old one is kept)'}`,
    };
  } catch (error) {
    return { from, isWell: false, line: `FAILED   ${from}: ${(error as Error).message}` };
  }
}
