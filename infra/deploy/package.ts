import { packageFunctions } from './package-functions.ts';
import { printUsageIfAsked } from './usage.ts';

/** `npm run package [-- --stage prod --param="name=value"]`: no AWS credentials are needed. */
try {
  if (!printUsageIfAsked(process.argv.slice(2))) await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { directory, functions } = await packageFunctions({ args: process.argv.slice(2) });
  for (const { name, bytes, sha256 } of functions)
    process.stdout.write(`${name}.zip  ${(bytes / 1024).toFixed(0)} KB  sha256 ${sha256}\n`);
  process.stdout.write(`packaged in ${directory}\n`);
}
