import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildFunctions } from '../build/build.ts';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { PROJECT_DIRECTORY, runServerless } from '../deploy/run-serverless.ts';
import { parseTemplate, type Template } from '../deploy/template.ts';
import { createPortableTemplate, type PackageVariant } from './create-portable-template.ts';
import { MARK_REGION, MARK_STAGE } from './portable-parameters.ts';
import type { PortableTemplate } from './portable-template.ts';
import { readBillOfMaterials } from './read-bill-of-materials.ts';
import { readDescriptions } from './read-descriptions.ts';
import { replaceDirectory } from './replace-directory.ts';
import { toBucketTemplate } from './to-bucket-template.ts';

/** Where a release is put, unless another directory is named. */
export const RELEASE_DIRECTORY = join(PROJECT_DIRECTORY, 'dist/release');

export interface Release {
  readonly directory: string;
  /** SHA-256 of each file, in hexadecimal, by its name. */
  readonly sums: Readonly<Record<string, string>>;
  /** Prefix of the zips' keys in a bucket, unless a user gives another. */
  readonly codePrefix: string;
}

/**
 * Writes what a deployment without Node needs: the zips, the template in two forms, the bill of materials, and the checksums of all. The
 * same source gives the same bytes. Where anything fails, the release that was there before stays.
 * @param onProgress told what is being done
 * @throws Error where the build fails, or serverless.yml holds what the portable template cannot say
 */
export async function createRelease(
  onProgress: (line: string) => void,
  directory = RELEASE_DIRECTORY,
): Promise<Release> {
  // First, for it takes seconds, and npm may fail.
  const billOfMaterials = await readBillOfMaterials(PROJECT_DIRECTORY);
  await buildFunctions();
  const work = await mkdtemp(join(tmpdir(), 'conjur-functions-release-'));
  try {
    const template = await createPortableTemplate({
      packageVariant: createPackager(work, onProgress),
      defaults: readDefaults(),
      descriptions: readDescriptions(
        ['docs/settings.md', 'docs/deployment.md'].map((path) => join(PROJECT_DIRECTORY, path)),
      ),
    });
    return await writeRelease(directory, { template, billOfMaterials, zips: await readZips(work) });
  } finally {
    await rm(work, { recursive: true });
  }
}

interface ReleaseContents {
  readonly template: PortableTemplate;
  readonly billOfMaterials: string;
  /** By the name of the file. */
  readonly zips: Readonly<Record<string, Buffer>>;
}

async function readZips(directory: string): Promise<Record<string, Buffer>> {
  const names = FUNCTION_NAMES.map((name) => `${name}.zip`);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))])),
  );
}

/** One after the other: the framework packages into one directory, and moves that. Settings of this machine stay out. */
function createPackager(work: string, onProgress: (line: string) => void): PackageVariant {
  const { PATH, HOME } = process.env;
  let count = 0;
  return async (args) => {
    count += 1;
    onProgress(`packaging variant ${count} …`);
    const printed: string[] = [];
    const params = Object.entries(args).map(([name, value]) => `--param=${name}=${value}`);
    try {
      await runServerless(['package', '--package', work, '--stage', MARK_STAGE, '--region', MARK_REGION, ...params], {
        // Start dates of schedules are reckoned from the time: here they only say which schedules have one.
        environment: { PATH, HOME, SOURCE_DATE_EPOCH: '0' },
        onOutput: (text) => printed.push(text),
      });
    } catch (error) {
      throw new Error(printed.join('').trim(), { cause: error });
    }
    return readTemplate(work);
  };
}

async function readTemplate(directory: string): Promise<Template> {
  return parseTemplate(await readFile(join(directory, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** Those that hold for every stage: a user of the template gives the parameters of his own. */
function readDefaults(): Record<string, string> {
  // CloudFormation's own tags (`!GetAtt`) are none of YAML's, and stand elsewhere in the file.
  const config: unknown = parse(readFileSync(join(PROJECT_DIRECTORY, 'serverless.yml'), 'utf8'), {
    logLevel: 'silent',
  });
  const { params } = config as { params: { default: Record<string, unknown> } };
  return Object.fromEntries(Object.entries(params.default).map(([name, value]) => [name, String(value)]));
}

async function writeRelease(directory: string, { template, billOfMaterials, zips }: ReleaseContents): Promise<Release> {
  const codePrefix = await toCodePrefix(Object.values(zips));
  const texts = {
    'template.json': JSON.stringify(template, undefined, 1),
    'template-from-bucket.json': JSON.stringify(toBucketTemplate(template, codePrefix), undefined, 1),
    'sbom.cdx.json': billOfMaterials,
  };
  const files = {
    ...zips,
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(`${text}\n`)])),
  };
  const sums = Object.fromEntries(
    Object.entries(files)
      .map(([name, content]) => [name, hash(content)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const lines = Object.entries(sums).map(([name, sum]) => `${sum}  ${name}\n`);
  await replaceDirectory(directory, { ...files, SHA256SUMS: lines.join('') });
  return { directory, sums, codePrefix };
}

/** Other code has other keys, so that CloudFormation sees that a function has changed. */
async function toCodePrefix(zips: readonly Buffer[]): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PROJECT_DIRECTORY, 'package.json'), 'utf8')) as {
    version: string;
  };
  const all = createHash('sha256');
  for (const zip of zips) all.update(hash(zip));
  return `conjur-functions/${version}-${all.digest('hex').slice(0, 12)}/`;
}

function hash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
