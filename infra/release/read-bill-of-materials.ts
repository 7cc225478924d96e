import { spawn } from 'node:child_process';

/**
 * What package-lock.json holds, as CycloneDX, without what differs from run to run: the time, a random number, npm's own version.
 * @param directory of package.json
 * @throws Error where npm fails
 */
export async function readBillOfMaterials(directory: string): Promise<string> {
  const bill = JSON.parse(await runNpm(directory)) as { serialNumber?: string; metadata: Record<string, unknown> };
  const { serialNumber: _number, metadata, ...rest } = bill;
  const { timestamp: _time, tools: _tools, ...constant } = metadata;
  return JSON.stringify({ ...rest, metadata: constant }, undefined, 1);
}

async function runNpm(cwd: string): Promise<string> {
  const child = spawn('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`npm sbom failed with status ${status}.`);
  return printed.join('');
}
