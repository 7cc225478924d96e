import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startClient } from '../start-client.ts';

it.skipIf(process.platform === 'win32')('a JWT file that hangs ends by the deadline of the call', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'jwt-'));
  const path = join(directory, 'token');
  // Nobody writes to it, so that whoever reads waits.
  execFileSync('mkfifo', [path]);
  const { connect } = await startClient();
  onTestFinished(async () => {
    const writer = spawn('sh', ['-c', `: > '${path}'`]);
    await new Promise((resolve) => writer.once('close', resolve));
    rmSync(directory, { recursive: true });
  });
  const conjur = connect({ CYBERARK_AUTHN_JWT_FILE: path, CYBERARK_AUTHN_SERVICE_ID: 'ci' });
  await expect(conjur.authenticate({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
});
