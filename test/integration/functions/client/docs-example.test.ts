import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import { readDocBlocks } from '../../../support/doc-blocks.ts';
import { runNode } from '../../../support/run-node.ts';
import { serveLambdaApi } from '../../../support/serve-lambda-api.ts';
import type { LoopbackServer } from '../../../support/serve-on-loopback.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const INVOKE = join(root, 'functions/client/index.ts');

let directory: string;
let conjur: LocalConjur;
let lambda: LoopbackServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conjur-example-'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'), 'dir');
  const [example] = readDocBlocks('docs/invoke.md').filter(({ language }) => language === 'ts');
  await writeFile(join(directory, 'handler.ts'), example?.text ?? '');
  conjur = await createLocalConjur();
  lambda = await serveLambdaApi(
    { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey },
    { 'conjur-functions-prod-read-secret': 'read-secret', 'conjur-functions-prod-rotate-key': 'rotate-key' },
  );
});

afterAll(async () => {
  await lambda[Symbol.asyncDispose]();
  await conjur.close();
  await rm(directory, { recursive: true, force: true });
});

it('the example function is type-checked', async () => {
  const options = {
    compilerOptions: {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      types: ['node'],
      paths: { 'conjur-functions/invoke': [INVOKE] },
    },
    files: ['handler.ts'],
  };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(options));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  expect(await runNode([compiler], { cwd: directory })).toEqual({ status: 0, stdout: '', stderr: '' });
});

it("the example function reads a secret through AWS's own client, and has a missing one made", async () => {
  await build({
    entryPoints: [join(directory, 'handler.ts')],
    outfile: join(directory, 'handler.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@aws-sdk/client-lambda'],
    alias: { 'conjur-functions/invoke': INVOKE },
  });
  const script = `
    const { handler } = await import(${JSON.stringify(join(directory, 'handler.mjs'))});
    console.log(JSON.stringify([await handler({ id: 'order-17' }), await handler({ id: 'order-18' })]));
  `;
  const environment = {
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const { stdout, stderr } = await runNode(['--input-type=module', '-e', script], { cwd: directory, environment });
  expect(stderr).toBe('');
  const [made, read] = JSON.parse(stdout) as { login: string; fresh: boolean }[];
  expect(made).toEqual({ login: expect.stringMatching(/^[A-Za-z0-9]{40}$/), fresh: true });
  expect(read).toEqual({ login: made?.login, fresh: false });
});
