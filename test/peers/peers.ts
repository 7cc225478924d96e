import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../support/find-program.ts';
import { goEnvironment, needGo } from './go-program.ts';
import { NotHere, type Peer } from './peer.ts';
import { pinned } from './pinned.ts';
import { runStep, runStepIfPossible } from './run-step.ts';

const HERE = import.meta.dirname;

/** Of Maven's own plug-in that fetches; the version that Maven would choose changes with Maven. */
const FETCH = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

const go: Peer = {
  name: 'Go',
  client: `github.com/cyberark/conjur-api-go ${pinned('go/go.mod', /conjur-api-go (v\S+)/)}`,
  lacks: [],
  async prepare(cache) {
    const program = join(cache, 'go-peer');
    await buildGo(join(HERE, 'go'), '.', program, cache);
    return { program, args: [] };
  },
};

const commandLine: Peer = {
  name: 'command line',
  client: `github.com/cyberark/conjur-cli-go ${pinned('cli/go.mod', /conjur-cli-go (v\S+)/)}`,
  // It reads a login's password from a terminal, and knows the service by its host name alone.
  lacks: ['other logins', 'service'],
  async prepare(cache) {
    const program = process.env.CONJUR_CLI ?? findCommandLine() ?? (await buildCommandLine(cache));
    return { program: process.execPath, args: [join(HERE, 'cli/peer.ts')], environment: { PEER_PROGRAM: program } };
  },
};

const earlyCommandLine: Peer = {
  name: 'early command line',
  client: pinned('early-cli/requirements.txt', /^(conjur==\S+)/m),
  // It knows api keys and passwords, and the first API.
  lacks: ['other logins', 'service'],
  async prepare(cache) {
    if (process.platform === 'darwin') throw new NotHere('on macOS it keeps its key in the keychain of who runs it');
    const programs = await prepareVenv(join(cache, 'early-cli'), join(HERE, 'early-cli/requirements.txt'));
    const environment = { PEER_PROGRAM: join(programs, 'conjur') };
    return { program: process.execPath, args: [join(HERE, 'early-cli/peer.ts')], environment };
  },
};

const python: Peer = {
  name: 'Python',
  client: pinned('python/requirements.txt', /^(conjur_api==\S+)/m),
  // Its functions are those of the first API.
  lacks: ['service'],
  async prepare(cache) {
    const programs = await prepareVenv(join(cache, 'python'), join(HERE, 'python/requirements.txt'));
    return { program: join(programs, 'python'), args: [join(HERE, 'python/peer.py')] };
  },
};

const java: Peer = {
  name: 'Java',
  client: `com.cyberark.conjur.api:conjur-api ${pinned('java/pom.xml', /conjur-api<\/artifactId>\s*<version>(\S+)</)}`,
  // Its public classes log in, read a secret and add one.
  lacks: ['batch', 'list', 'policy', 'check', 'rotation', 'host factory', 'service'],
  async prepare(cache) {
    const [program, maven] = [need('java'), need('mvn')];
    const probe = { program, args: ['--add-modules', 'jdk.compiler', '--version'] };
    await runStepIfPossible(probe, HERE, 'a Java 11 that compiles is needed (a JDK)');
    const jars = join(cache, 'java');
    const settings = [`-Dmaven.repo.local=${join(cache, 'maven')}`, `-DoutputDirectory=${jars}`];
    await runStep({ program: maven, args: ['--batch-mode', '--quiet', ...settings, FETCH] }, join(HERE, 'java'));
    return { program, args: ['-cp', join(jars, '*'), '-Dfile.encoding=UTF-8', join(HERE, 'java/Peer.java')] };
  },
};

/** All clients, in the order of the report. */
export const PEERS: readonly Peer[] = [go, commandLine, earlyCommandLine, python, java];

/** The earlier command line has the same name, and is a script. */
function findCommandLine(): string | undefined {
  const path = findProgram('conjur');
  return path === undefined || readFileSync(path).subarray(0, 2).toString('latin1') === '#!' ? undefined : path;
}

/**
 * The vendor gives out its command line as binaries; where the module proxy does not offer it either, there is none. That is no
 * fault of this project, so it is left out loudly.
 */
async function buildCommandLine(cache: string): Promise<string> {
  const program = join(cache, 'conjur');
  const module = join(cache, 'command-line');
  mkdirSync(module, { recursive: true });
  copyFileSync(join(HERE, 'cli/go.mod'), join(module, 'go.mod'));
  try {
    await buildGo(module, 'github.com/cyberark/conjur-cli-go/cmd/conjur', program, cache, '-mod=mod');
  } catch (error) {
    if (error instanceof NotHere) throw error;
    const advice = 'CONJUR_CLI names an executable that is to be tried instead.';
    throw new NotHere(`no "conjur" on PATH, and it could not be built. ${advice}\n${(error as Error).message}`);
  }
  return program;
}

/** Makes a virtual environment with what a file pins, and gives the folder of its programs. */
async function prepareVenv(folder: string, requirements: string): Promise<string> {
  const python3 = need('python3');
  const probe = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)';
  await runStepIfPossible({ program: python3, args: ['-c', probe] }, HERE, 'Python 3.11 with venv and pip is needed');
  await runStep({ program: python3, args: ['-m', 'venv', folder] }, HERE);
  const programs = join(folder, 'bin');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  await runStep({ program: join(programs, 'python'), args: install }, HERE);
  return programs;
}

async function buildGo(module: string, target: string, program: string, cache: string, mode?: string): Promise<void> {
  const go = await needGo();
  const args = ['build', '-trimpath', '-o', program, target];
  await runStep({ program: go, args, environment: goEnvironment(cache, mode) }, module);
}

function need(program: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new NotHere(`this machine has no ${program}`);
  return path;
}
