import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { PATH = '', PEER_FOLDER = '', PEER_PROGRAM = '' } = process.env;

/**
 * A command line of the vendor's, as a person runs it: its settings and the key are in a home of its own.
 *
 * @param environment beside PATH and HOME; this program's own variables would be settings of the command line
 */
export function createCommandLine(environment: Readonly<Record<string, string>> = {}) {
  const run = (args: readonly string[], answers: readonly string[] = []) =>
    spawnSync(PEER_PROGRAM, args, {
      env: { PATH, HOME: PEER_FOLDER, LANG: 'C.UTF-8', ...environment },
      encoding: 'utf8',
      timeout: 30_000,
      input: answers.map((answer) => `${answer}\n`).join(''),
    });

  /** What a command printed that asks, and reads one answer a line; one that failed fails the check. */
  function answer(answers: readonly string[], ...args: readonly string[]): string {
    const { status, stdout, stderr } = run(args, answers);
    if (status !== 0) throw new Error(`${toName(args)} ended with ${status}: ${stdout.trim()} ${stderr.trim()}`);
    return stdout.trim();
  }

  /** What a command printed; one that failed fails the check. */
  const conjur = (...args: readonly string[]): string => answer([], ...args);

  const json = (...args: readonly string[]) => JSON.parse(conjur(...args));

  /** The command must fail, and say something that matches. */
  function expectRefusal(pattern: RegExp, ...args: readonly string[]): void {
    const { status, stdout, stderr } = run(args);
    if (status === 0) throw new Error(`${toName(args)} was not refused`);
    const said = `${stdout.trim()} ${stderr.trim()}`;
    if (!pattern.test(said)) throw new Error(`${toName(args)} was refused with other words: ${said}`);
  }

  return { answer, conjur, json, expectRefusal };
}

/** Writes a policy into a file and gives its path. */
export function policyFile(text: string): string {
  const path = join(PEER_FOLDER, 'policy.yml');
  writeFileSync(path, text);
  return path;
}

/** `conjur policy load`: what follows its words may be a key. */
function toName(args: readonly string[]): string {
  const words = args.slice(args.findIndex((arg) => !arg.startsWith('-')));
  const end = words.findIndex((word) => word.startsWith('-'));
  return ['conjur', ...words.slice(0, end === -1 ? words.length : end)].join(' ');
}
