#!/usr/bin/env node
/** `npx conjur-functions doctor`: the commands of the published package. */

/** As `engines` in package.json. */
const OLDEST_NODE = 22;

const [name, ...args] = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`conjur-functions needs Node ${OLDEST_NODE} or later, and this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (name === 'doctor') {
  const { runDoctorCommand } = await import('../doctor/doctor-command.ts');
  await runDoctorCommand('npx conjur-functions doctor', args);
} else {
  const { runCommand } = await import('./run-command.ts');
  const { UsageError } = await import('./flags.ts');
  await runCommand({
    start: 'npx conjur-functions',
    summary: 'The commands of conjur-functions that need no clone of its repository.',
    flags: {},
    rest: { name: 'doctor', help: 'checks settings, connection, credential and rights; it has a --help of its own' },
    run: (_, rest) => {
      throw new UsageError(rest[0] === undefined ? 'Which command?' : `There is no command "${rest[0]}".`);
    },
  });
}
