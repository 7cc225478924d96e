import { runProgram } from '../support/run-node.ts';
import { type Command, NotHere } from './peer.ts';

/** What a client's own tools may need of this machine's environment: where registries and certificates are. */
const INHERITED =
  /^(?:GOPROXY|GOSUMDB|GONOSUMDB|GOFLAGS|PIP_.*|SSL_CERT_.*|https?_proxy|no_proxy|JAVA_HOME|MAVEN_OPTS|TMPDIR)$/i;

/** The part of this process's environment that a registry's client may read. */
export function registryEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => INHERITED.test(entry[0])),
  );
}

/**
 * Runs one step of a preparation and gives its standard output.
 *
 * @throws Error with the last lines that the step printed.
 */
export async function runStep({ program, args, environment }: Command, cwd: string): Promise<string> {
  const result = await runProgram(program, args, { cwd, environment: { ...registryEnvironment(), ...environment } });
  if (result.status === 0) return result.stdout;
  const said = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-12).join('\n');
  throw new Error(`${program} ${args.join(' ')} ended with ${result.status}:\n${said}`);
}

/** Runs a step whose failure means that this machine lacks something. */
export async function runStepIfPossible(command: Command, cwd: string, lack: string): Promise<string> {
  try {
    return await runStep(command, cwd);
  } catch (error) {
    throw new NotHere(`${lack}: ${(error as Error).message}`);
  }
}
