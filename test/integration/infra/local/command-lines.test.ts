import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';

const SECRETS_MANAGER = toPath('secrets-manager');
const LITELLM = toPath('litellm');

interface Started {
  readonly child: ChildProcess;
  /** All that was printed so far, both ways. */
  readonly output: { text: string };
}

function toPath(standIn: string): string {
  return fileURLToPath(new URL(`../../../../infra/local/stand-ins/${standIn}/main.ts`, import.meta.url));
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, LITELLM_MASTER_KEY: '', ...env } });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output };
}

async function toUrl({ output }: Started): Promise<string> {
  await expect.poll(() => output.text, { timeout: 20_000 }).toContain('Ctrl-C');
  return /http:\/\/127\.0\.0\.1:\d+/.exec(output.text)?.[0] ?? '';
}

describe('the command lines of the stand-ins', () => {
  it('start a server, say what it is, and end it in good order', async () => {
    const started = [
      start(SECRETS_MANAGER, ['--port', '0']),
      start(LITELLM, ['--port', '0', '--unlicensed'], { LITELLM_MASTER_KEY: 'sk-do-not-print' }),
    ] as const;
    const [secrets, litellm] = [await toUrl(started[0]), await toUrl(started[1])];
    expect((await request(secrets, { method: 'POST' })).statusCode).toBe(400);
    const headers = { authorization: 'Bearer sk-do-not-print' };
    const body = '{"key":"sk-1"}';
    expect((await request(`${litellm}/key/regenerate`, { method: 'POST', headers, body })).statusCode).toBe(500);
    for (const { child, output } of started) {
      expect(output.text).toContain('development and test server');
      expect(output.text).not.toContain('sk-do-not-print');
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    }
  });

  it('refuse what they cannot use in one line that says what to do', async () => {
    const cases = [
      [start(SECRETS_MANAGER, ['--port', '99999']), '--port takes a whole number from 0 to 65535, not "99999".', 2],
      [start(LITELLM, ['--port', '0']), 'Set LITELLM_MASTER_KEY', 1],
    ] as const;
    for (const [{ child, output }, message, status] of cases) {
      const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
      expect(code).toBe(status);
      expect(output.text).toContain(message);
      expect(output.text.trim().split('\n')).toHaveLength(1);
    }
  });
});
