import { parseArgs } from 'node:util';
import { isConjurError } from '../../lib/errors.ts';
import { parseVariableName } from '../../lib/names.ts';
import type { CheckResult } from './check.ts';
import { formatResult } from './format-result.ts';
import { type DoctorOptions, runDoctor } from './run-doctor.ts';

const HELP = `Examines whether the functions can do their work with the settings in the environment.

  npm run doctor -- [--read NAME] [--write NAME] [--rotate ROLE] [--accounts A,B] [--json]

  --read NAME      a variable whose value should be readable (it is not shown)
  --write NAME     a variable that should be writable (a dry run: nothing is changed)
  --rotate ROLE    a role whose api key should be rotatable: host:path/name (nothing is rotated)
  --accounts A,B   accounts to try where the login is refused
  --json           the findings as JSON

Settings: docs/settings.md. Exit status: 0 all is well, 1 something failed, 2 the command is wrong.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args);
  if (typeof flags === 'string') {
    process.stderr.write(`${flags}\n\n${HELP}`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const results: CheckResult[] = [];
  for await (const result of runDoctor(flags.options)) {
    results.push(result);
    if (!flags.json) process.stdout.write(`${formatResult(result)}\n`);
  }
  const ok = results.every(({ status }) => status !== 'failed');
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok, checks: results }, null, 2)}\n`);
  return ok ? 0 : 1;
}

/** @returns a sentence where the flags cannot be used */
function parseFlags(args: readonly string[]): { json: boolean; help: boolean; options: DoctorOptions } | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { read: text, write: text, rotate: text, accounts: text, json: flag, help: flag },
      strict: true,
    });
    const { read, write, rotate, accounts = '', json, help } = values;
    for (const name of [read, write]) if (name !== undefined) parseVariableName(name);
    if (rotate?.trim() === '') return 'The flag --rotate must name a role: host:path/name.';
    const list = accounts.split(',').filter((account) => account !== '');
    return { json, help, options: { environment: process.env, read, write, rotate, accounts: list } };
  } catch (error) {
    if (isConjurError(error)) return error.message;
    return `${(error as Error).message.split('. ')[0]}.`;
  }
}
