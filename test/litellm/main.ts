import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../../infra/build/build.ts';
import { toggle } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import { findFreePort } from '../../infra/local/stack/find-free-port.ts';
import { loadStarterPolicy } from '../../infra/local/stack/load-starter-policy.ts';
import { createLocalConjurAdmin } from '../../infra/local/stack/local-conjur-admin.ts';
import { startStack } from '../../infra/local/stack/start-stack.ts';
import { checkSentences } from './sentences.ts';
import { checkTable, type Measured, writeTable } from './table.ts';
import { CannotRunError, createVirtualEnvironment, type VirtualEnvironment } from './virtual-environment.ts';
import { startWatchedConjur, type WatchedConjur } from './watched-conjur.ts';

/** As sysexits.h has it for what may work another time. */
const CANNOT_RUN = 75;
const RUN_TIMEOUT_MS = 600_000;
/** Each is a process of its own: LiteLLM keeps its secret manager in module variables. */
const RUNS = [
  ['loading', undefined],
  ['hooks', 'lambda'],
  ['hooks', 'http'],
  ['completions', undefined],
  ['side_by_side', undefined],
] as const;

/** What a run of the checks in Python says, one JSON object a line. */
type Line =
  | { readonly check: string; readonly passed: boolean; readonly trace?: string }
  | { readonly version: string }
  | { readonly measured: Measured };

interface Checked {
  readonly name: string;
  readonly passed: boolean;
}

await runCommand({
  start: 'npm run test:litellm',
  summary: 'Runs the plug-in in a real LiteLLM, against the functions as `npm start` runs them.',
  flags: {
    write: toggle('write what was measured into docs/litellm-hooks.md, too'),
    figures: toggle('run only what measures that table'),
    prepare: toggle('install LiteLLM, and run nothing'),
  },
  notes: `It installs LiteLLM into .local/litellm on its first run, in the versions that test/litellm/real pins.
Exit status: 0 all passed, 1 a check failed, ${CANNOT_RUN} nothing could be checked.`,
  run: async ({ prepare, ...options }) => {
    try {
      const environment = createVirtualEnvironment();
      return prepare ? 0 : await main(environment, options);
    } catch (error) {
      if (!(error instanceof CannotRunError)) throw error;
      console.error(`\n*** NOT RUN: the plug-in was not tried in a real LiteLLM, since ${error.message}\n`);
      return CANNOT_RUN;
    }
  },
});

interface Options {
  readonly write: boolean;
  readonly figures: boolean;
}

/** @returns the exit status */
async function main(environment: VirtualEnvironment, options: Options): Promise<number> {
  await buildFunctions();
  const folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  const conjur = await startWatchedConjur();
  try {
    return await runAll(environment, conjur, folder, options);
  } finally {
    await conjur.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(
  environment: VirtualEnvironment,
  conjur: WatchedConjur,
  folder: string,
  { write, figures }: Options,
): Promise<number> {
  await loadStarterPolicy(await createLocalConjurAdmin(conjur));
  const checked: Checked[] = [];
  const log: string[] = [];
  const stack = await startFunctions(conjur, log);
  const onLine = (line: Line): void => {
    if ('version' in line) console.log(`LiteLLM ${line.version}`);
    else if ('measured' in line) {
      const rows = write ? writeTable(line.measured) : checkTable(line.measured);
      checked.push(...rows.map(({ name, passed }) => report(name, passed)));
    } else {
      checked.push({ name: line.check, passed: line.passed });
      console.log(`${line.passed ? '  ok    ' : '  FAILED'} ${line.check}${line.passed ? '' : `\n${line.trace}`}`);
    }
  };
  try {
    for (const [name, mode] of RUNS.filter(([run]) => !figures || run === 'side_by_side')) {
      console.log(`\n${name}${mode === undefined ? '' : `, CONJUR_FUNCTIONS_MODE=${mode}`}`);
      const ended = await runPython(environment, name, toEnvironment(conjur, stack, { mode, folder }), onLine);
      if (ended !== 0) checked.push(report(`${name} ran to its end`, false));
    }
  } finally {
    await stack.close();
  }
  const sentences = figures ? [] : checkSentences(checked.map(({ name }) => name));
  const all = [...checked, ...sentences.map(({ name, passed }) => report(name, passed))];
  const failed = all.filter(({ passed }) => !passed);
  if (failed.length > 0) console.log(`\nWhat the functions printed last:\n${log.slice(-20).join('\n')}`);
  console.log(`\n${all.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

function report(name: string, passed: boolean): Checked {
  console.log(`${passed ? '  ok    ' : '  FAILED'} ${name}`);
  return { name, passed };
}

async function startFunctions(conjur: WatchedConjur, log: string[]) {
  Object.assign(process.env, {
    CYBERARK_USERNAME: 'admin',
    CYBERARK_API_KEY: conjur.adminApiKey,
    CYBERARK_ALLOW_DELETE: 'true',
    CYBERARK_STORE_VIRTUAL_KEYS: 'true',
    // A LiteLLM that is none.
    LITELLM_API_BASE: `${conjur.url}/__page`,
    LITELLM_MASTER_KEY: 'sk-master-of-the-checks',
  });
  const ports = { apiPort: await findFreePort(), lambdaPort: await findFreePort() };
  const unused = { conjurPort: 0, secretsManagerPort: 0, litellmPort: 0, adminApiKey: undefined, data: ':memory:' };
  const onLine = (line: string): void => {
    log.push(line);
  };
  return startStack({ ...ports, ...unused, conjur: conjur.url, onLine, onProgress: () => undefined });
}

function toEnvironment(
  conjur: WatchedConjur,
  { apiUrl, lambdaUrl }: { apiUrl: string; lambdaUrl: string },
  { mode = 'lambda', folder }: { mode: string | undefined; folder: string },
): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    CHECK_FOLDER: folder,
    CHECK_CONJUR: conjur.url,
    CHECK_ADMIN_API_KEY: conjur.adminApiKey,
    CHECK_API: apiUrl,
    CHECK_LAMBDA: lambdaUrl,
    // As docs/litellm.md has it for a try on one machine.
    CONJUR_FUNCTIONS_MODE: mode,
    CONJUR_FUNCTIONS_REGION: 'eu-central-1',
    ...(mode === 'http' ? { CONJUR_FUNCTIONS_API_BASE: apiUrl } : { CONJUR_FUNCTIONS_ENDPOINT_URL: lambdaUrl }),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
    // Nothing is asked of the internet.
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    LITELLM_LOG: 'INFO',
  };
}

async function runPython(
  { python, older }: VirtualEnvironment,
  name: string,
  environment: Record<string, string | undefined>,
  onLine: (line: Line) => void,
): Promise<number | null> {
  const file = fileURLToPath(new URL(`./real/${name}.py`, import.meta.url));
  const child = spawn(python, ['-B', file], {
    env: { ...environment, CHECK_OLDER: older },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: RUN_TIMEOUT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  // LiteLLM prints as it likes; the checks speak by a pipe of their own.
  forwardLines(child, (line) => onLine(JSON.parse(line) as Line));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) console.log(output.slice(-6_000));
  return status;
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  const pipe = child.stdio[3] as NodeJS.ReadableStream;
  pipe.setEncoding('utf8');
  pipe.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
