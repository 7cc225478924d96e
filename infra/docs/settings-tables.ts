import { FUNCTION_OPTIONS } from '../../functions/runtime/options.ts';
import { OPTIONS, type OptionRow } from '../../lib/options.ts';

/** Rows of the client and of the functions. The credential's id is one setting, which both read. */
const { credentialSecretId: _, ...ownOptions } = FUNCTION_OPTIONS;
const CLIENT: readonly [string, OptionRow][] = Object.entries(OPTIONS);
const FUNCTIONS: readonly [string, OptionRow][] = Object.entries(ownOptions);

/** Groups of rows, each of which has a table in docs/settings.md between two comments that name it. */
export const GROUPS: readonly string[] = [...new Set([...CLIENT, ...FUNCTIONS].map(([, { group }]) => group))];

/** Writes the tables into the text of docs/settings.md. @throws Error where a group has no place there */
export function withSettingsTables(text: string): string {
  return GROUPS.reduce((page, group) => {
    const begin = `<!-- table of options: ${group} -->\n`;
    const end = '<!-- end of table -->';
    const from = page.indexOf(begin);
    const to = page.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`docs/settings.md has no "${begin.trim()}" … "${end}"`);
    return `${page.slice(0, from)}${begin}\n${toTable(group)}\n\n${page.slice(to)}`;
  }, text);
}

function toTable(group: string): string {
  const ofClient = CLIENT.filter(([, row]) => row.group === group);
  const ofFunctions = FUNCTIONS.filter(([, row]) => row.group === group);
  const rows = [
    ...ofClient.map(([name, row]) => toRow(row, `\`${name}\``)),
    ...ofFunctions.map(([, row]) => toRow(row, 'of the functions')),
  ];
  return ['| variable | option | default | value | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

function toRow(row: OptionRow, option: string): string {
  const [ours, ...others] = row.env.filter((name) => name === name.toUpperCase());
  const names = `\`${ours}\`${others.length === 0 ? '' : `, or ${others.map((name) => `\`${name}\``).join(', ')}`}`;
  const secret = row.secret === true ? ' (secret)' : '';
  return `| ${names} | ${option}${secret} | ${toDefault(row)} | ${toBounds(row)} | ${row.meaning} |`;
}

function toDefault(row: OptionRow): string {
  if (row.defaultWords !== undefined) return row.defaultWords;
  const value = row.type === 'integer' ? Number(row.default) / scaleOf(row) : row.default;
  return value === undefined || value === '' || Array.isArray(value) ? '' : `\`${value}\``;
}

function toBounds(row: OptionRow): string {
  switch (row.type) {
    case 'integer':
      return `${(row.min ?? 0) / scaleOf(row)} to ${(row.max ?? 0) / scaleOf(row)}${unitOf(row)}`;
    case 'one-of':
      return (row.values ?? []).map((value) => `\`${value}\``).join(', ');
    case 'flag':
      return '`true`, `false`';
    case 'list':
      return `${row.expected ?? 'texts'}; comma separated`;
    case 'pem':
      return `PEM of a ${row.label?.toLowerCase()}, or its path`;
    default:
      return row.expected ?? WORDS[row.type] ?? 'text';
  }
}

const WORDS: Partial<Record<OptionRow['type'], string>> = {
  url: 'http or https URL without user, query and fragment',
  urls: 'URLs, comma separated',
  'proxy-url': 'URL of an http proxy',
};

function scaleOf({ envUnit }: OptionRow): number {
  return envUnit === 's' ? 1_000 : 1;
}

function unitOf({ unit, envUnit }: OptionRow): string {
  if (unit === undefined) return '';
  return envUnit === 's' ? ' s (the option counts in ms)' : ` ${unit}`;
}
