// Starts a command of this project: `node infra/run.js infra/doctor/main.ts --json`. Every script in package.json goes through here.
// Plain JavaScript of 2020, since an old Node and a clone without packages must be told what to do in one line: they can load neither
// TypeScript nor anything from node_modules.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const OLDEST_NODE = 24;
const root = new URL('..', import.meta.url);
const [, , main, ...args] = process.argv;

/** @returns {string | undefined} what keeps commands from running on this machine */
function findObstacle() {
  if (!existsSync(new URL('node_modules', root)))
    return 'The packages are missing. Run "npm ci" first; on Linux and Windows it brings Node 24, too.';
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return undefined;
  return existsSync(new URL('node_modules/.bin/node', root)) || existsSync(new URL('node_modules/.bin/node.cmd', root))
    ? `This is Node ${process.versions.node}. "npm run" and "npx" use the Node ${OLDEST_NODE} that "npm ci" has brought: start the command through them.`
    : `This is Node ${process.versions.node}, and the project needs Node ${OLDEST_NODE}: install it, or run "npm ci" where it brings it (Linux and Windows).`;
}

const obstacle = main === undefined ? 'Usage: node infra/run.js COMMAND.ts [flags]' : findObstacle();
if (obstacle !== undefined) {
  process.stderr.write(`${obstacle}\n`);
  process.exitCode = 1;
} else {
  process.argv = [process.argv[0], main, ...args];
  import(pathToFileURL(main).href).catch((error) => {
    // A package that was added since the last install, for one.
    const missing = /^Cannot find package '(\S+)'/.exec(error?.message);
    if (missing === null) throw error;
    process.stderr.write(`The package ${missing[1]} is missing. Run "npm ci".\n`);
    process.exitCode = 1;
  });
}
