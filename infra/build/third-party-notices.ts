import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

const PACKAGE = /^(?:[^:]*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const LICENSE_FILE = /^(?:licen[cs]e|notice|copying)(?:\.(?:md|txt))?$/i;

/** The licences of every package that has code in a bundle, each text once, in a fixed order. */
export function toThirdPartyNotices(root: string, metafile: Metafile): string {
  const folders = new Set(
    Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs).flatMap(folderOf)),
  );
  const packages = [...folders].sort().map((folder) => readPackage(join(root, folder)));
  const byText = Map.groupBy(packages, ({ text }) => text);
  const blocks = [...byText].map(([text, sharing]) => [...sharing.map(toLine), '', text].join('\n'));
  return `This bundle holds code of the following packages.\n\n${blocks.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Empty for what is no file: modules that the plug-ins make have their plug-in's name and a colon in front. */
function folderOf(input: string): string[] {
  const match = PACKAGE.exec(input);
  return match === null ? [] : [match[0]];
}

function readPackage(folder: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const text =
    texts.length > 0 ? texts.join('\n\n') : `(The package names its licence, ${license}, and brings no text.)`;
  return { name, version, license, text };
}

function toLine({ name, version, license }: Package): string {
  return `${name} ${version} (${license})`;
}
