import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../build/build.ts';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { showProgress } from '../cli/progress.ts';
import { packageFunctions } from '../deploy/package-functions.ts';
import { PROJECT_DIRECTORY } from '../deploy/run-serverless.ts';
import type { Template } from '../deploy/template.ts';
import { type ExtensionUse, estimateExtension, estimateStack, type Stack, type Use } from './estimate.ts';
import type { Cost } from './format-cost.ts';
import { measureAccessLine, measureLogLines } from './log-lines.ts';
import type { PriceTable } from './prices.ts';
import { countStack } from './stack-facts.ts';

/**
 * Packages the stack with and without its HTTP API, counts what is in the templates, and estimates the bills.
 * @param args as for `serverless package`: `--stage`, `--param`
 * @throws Error where the stack cannot be packaged
 */
export async function estimateCost(
  use: Use & ExtensionUse,
  prices: PriceTable,
  args: readonly string[],
): Promise<Cost> {
  // The template does not depend on what is in the zips.
  if (!FUNCTION_NAMES.every((name) => existsSync(join(PROJECT_DIRECTORY, 'dist', name, 'handler.mjs'))))
    await showProgress('building the functions', buildFunctions());
  const http = await showProgress('compiling the template', examine([...args, '--param=http_api=on']));
  const direct = await showProgress('compiling the template', examine([...args, '--param=http_api=off']));
  return {
    ...{ use, prices, stack: http },
    http: estimateStack(http, use, prices),
    direct: estimateStack(direct, use, prices),
    extension: estimateExtension(use, prices),
  };
}

async function examine(args: readonly string[]): Promise<Stack> {
  const facts = countStack(await compile(args));
  const { accessLogFormat } = facts;
  return {
    facts,
    lines: await measureLogLines(facts.readFunctionName),
    accessLineBytes: accessLogFormat === undefined ? undefined : measureAccessLine(accessLogFormat),
  };
}

async function compile(args: readonly string[]): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), 'conjur-functions-cost-'));
  try {
    const options = { args, directory: join(directory, 'package'), build: false, onOutput: () => undefined };
    return (await packageFunctions(options)).template;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
