import { parseVariableName } from '../../../lib/names.ts';

/** What becomes of a secret that LiteLLM's own class has stored. */
export type PlannedSecret =
  | { readonly step: 'stays'; readonly from: string }
  | { readonly step: 'moves'; readonly from: string; readonly to: string; readonly isTaken: boolean }
  | { readonly step: 'blocked'; readonly from: string; readonly reason: string };

/**
 * Which name each secret would have with the plug-in. Most have it already; names with an empty or `.` segment (aliases such as `a//b`,
 * `/x` and `x/`) are refused by the functions, and lose those segments.
 * @param names of all variables below the prefix
 * @param prefix with its final slash
 */
export function planMigration(names: readonly string[], prefix: string): PlannedSecret[] {
  const targets = names.map((from) => ({ from, to: toOurName(from, prefix) }));
  const taken = new Set(names);
  return targets.map(({ from, to }) => {
    if (to === from) return { step: 'stays', from };
    if (to === undefined) return { step: 'blocked', from, reason: 'no name that the functions take comes of it' };
    const others = targets.filter((other) => other.to === to && other.from !== from && other.from !== to);
    if (others.length > 0) return { step: 'blocked', from, reason: `"${others[0]?.from}" would get the same name` };
    return { step: 'moves', from, to, isTaken: taken.has(to) };
  });
}

function toOurName(name: string, prefix: string): string | undefined {
  const segments = name
    .slice(prefix.length)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) return undefined;
  try {
    return parseVariableName(prefix + segments.join('/'));
  } catch {
    return undefined;
  }
}
