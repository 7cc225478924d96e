import type { Flag } from './flags.ts';

/** What a help text is made of. */
export interface Helped {
  readonly start: string;
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  readonly rest?: { readonly name: string; readonly help: string };
  readonly notes?: string;
}

/** The text that `--help` prints: what the command does, how it is called, every flag on a line of its own. */
export function formatHelp({ start, summary, flags, rest, notes }: Helped): string {
  const separator = start.startsWith('npm ') ? ' --' : '';
  const usage = `${start}${separator} [flags]${rest === undefined ? '' : ` [${rest.name}]`}`;
  const rows: [string, string][] = Object.entries(flags).map(([name, flag]) => [
    `--${name}${flag.valueName === undefined ? '' : ` ${flag.valueName}`}`,
    flag.help,
  ]);
  rows.push(['--help', 'show this text']);
  if (rest !== undefined) rows.unshift([rest.name, rest.help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(
    ([left, right]) => `  ${left.padEnd(width)}   ${right.replaceAll('\n', `\n${' '.repeat(width + 5)}`)}`,
  );
  return `${[summary, `  ${usage}`, lines.join('\n'), notes].filter((part) => part !== undefined).join('\n\n')}\n`;
}
