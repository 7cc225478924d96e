import { commaSeparated, text, toggle, UsageError } from '../cli/flags.ts';
import { type FlagValues, runCommand } from '../cli/run-command.ts';

const FLAGS = {
  read: text('NAME', 'a variable whose value should be readable (it is not shown)'),
  write: text('NAME', 'a variable that should be writable (a dry run: nothing is changed)'),
  rotate: text('ROLE', 'a role whose api key should be rotatable: host:path/name (nothing is rotated)'),
  accounts: commaSeparated('A,B', 'accounts to try where the login is refused'),
  json: toggle('print the findings as JSON'),
};

/**
 * The doctor's command line.
 * @param start how it was called: `npm run doctor`, or `npx conjur-functions doctor` of the published package
 * @param args default: those of this process
 */
export function runDoctorCommand(start: string, args?: readonly string[]): Promise<void> {
  const command = {
    start,
    summary: 'Checks whether the functions can do their work with the settings in the environment. It changes nothing.',
    flags: FLAGS,
    notes: 'Settings: docs/settings.md. Exit status: 0 all is well, 1 something failed, 2 the command line is wrong.',
    run: examine,
  };
  return runCommand<typeof FLAGS>(command, args);
}

async function examine({ json, ...asked }: FlagValues<typeof FLAGS>): Promise<number> {
  const { runDoctor } = await import('./run-doctor.ts');
  const { formatResult, formatSummary } = await import('./format-result.ts');
  const { parseVariableName } = await import('../../lib/names.ts');
  for (const name of [asked.read, asked.write]) if (name !== undefined) asUsage(() => parseVariableName(name));
  if (asked.rotate?.trim() === '') throw new UsageError('--rotate takes a role: host:path/name.');
  const results = [];
  for await (const result of runDoctor({ environment: process.env, ...asked })) {
    results.push(result);
    if (!json) console.log(formatResult(result));
  }
  const ok = results.every(({ status }) => status !== 'failed');
  console.log(json ? JSON.stringify({ ok, checks: results }, null, 2) : `\n${formatSummary(results)}`);
  return ok ? 0 : 1;
}

function asUsage(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
