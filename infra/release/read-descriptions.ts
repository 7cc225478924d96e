import { readFileSync } from 'node:fs';

/** CloudFormation's limit for the description of a parameter. */
const MAX_LENGTH = 4_000;

/**
 * What the tables of docs/settings.md and docs/deployment.md say of each parameter, as plain text. A row may name several.
 * @param paths of the pages
 * @returns descriptions by the parameter's name
 */
export function readDescriptions(paths: readonly string[]): Record<string, string> {
  const rows = paths.flatMap((path) => readFileSync(path, 'utf8').match(/^\| `.*\|$/gm) ?? []);
  // The first row explains; a later one may say what else the name is known by.
  return Object.fromEntries(rows.flatMap(toEntries).reverse());
}

function toEntries(row: string): [string, string][] {
  const cells = row.slice(1, -1).split(/(?<!\\)\|/);
  const names = [...(cells[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
  const text = toPlainText(cells.at(-1) ?? '');
  return text === '' ? [] : names.map((name) => [name, text.slice(0, MAX_LENGTH)]);
}

/** Links by their words, code without its marks. */
function toPlainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\\|', '|')
    .trim();
}
