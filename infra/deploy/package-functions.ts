import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFunctions } from '../build/build.ts';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { checkParameters } from './check-parameters.ts';
import { checkTemplate } from './check-template.ts';
import { explainRefusals } from './explain-refusals.ts';
import { keepPrevious } from './keep-previous.ts';
import { readParameterNames } from './read-parameter-names.ts';
import { PACKAGE_DIRECTORY, PROJECT_DIRECTORY, type RunServerlessOptions, runServerless } from './run-serverless.ts';
import { parseTemplate, type Template } from './template.ts';

export interface PackagedFunction {
  readonly name: string;
  /** Path of the zip. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Package {
  readonly directory: string;
  readonly functions: readonly PackagedFunction[];
  readonly template: Template;
}

export interface PackageOptions extends RunServerlessOptions {
  /** Arguments of `serverless package`: `--stage`, `--param` and so on. */
  readonly args?: readonly string[];
  /** Default: `.serverless`. */
  readonly directory?: string;
  /** Default: true. False takes the bundles in dist/ as they are. */
  readonly build?: boolean;
}

/**
 * Bundles the functions, zips them and compiles the template. The same source gives the same zips, byte for byte.
 * @throws Error where a parameter is not known, and where the template holds what must not be deployed
 */
export async function packageFunctions(options: PackageOptions = {}): Promise<Package> {
  const directory = options.directory ?? PACKAGE_DIRECTORY;
  const { args = [] } = options;
  const known = readParameterNames(join(PROJECT_DIRECTORY, 'serverless.yml'));
  const wrong = checkParameters(args, known);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  if (options.build !== false) await buildFunctions();
  return keepPrevious(directory, () => compile(directory, args, options));
}

async function compile(directory: string, args: readonly string[], options: PackageOptions): Promise<Package> {
  await runPackage(directory, args, options);
  const template = parseTemplate(await readFile(join(directory, 'cloudformation-template-update-stack.json'), 'utf8'));
  const findings = checkTemplate(template);
  if (findings.length > 0)
    throw new Error(`The template must not be deployed:\n${findings.map((text) => `  ${text}`).join('\n')}`);
  return { directory, template, functions: await Promise.all(FUNCTION_NAMES.map((name) => describe(directory, name))) };
}

/** What serverless prints is shown when it is over, unless that is a refusal of ours, which is told by its own words. */
async function runPackage(directory: string, args: readonly string[], options: PackageOptions): Promise<void> {
  const { onOutput = (text: string) => process.stderr.write(text) } = options;
  let output = '';
  const keep = (text: string): void => {
    output += text;
  };
  try {
    await runServerless(['package', '--package', directory, ...args], { ...options, onOutput: keep });
  } catch (error) {
    const refusals = explainRefusals(output);
    if (refusals.length === 0 || args.includes('--verbose')) onOutput(output);
    throw refusals.length === 0 ? error : new Error(refusals.join('\n'), { cause: error });
  }
  onOutput(output);
}

async function describe(directory: string, name: string): Promise<PackagedFunction> {
  const path = join(directory, `${name}.zip`);
  const content = await readFile(path);
  return { name, path, bytes: content.byteLength, sha256: createHash('sha256').update(content).digest('hex') };
}
