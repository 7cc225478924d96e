import { nearestOf } from './nearest-of.ts';
import { OPTIONS, type OptionRow } from './options.ts';

/** What the names of settings begin with. Not what people misspell: with it, any setting would resemble any other. */
const PREFIX = 'CYBERARK_';

/**
 * Variables that look like a setting and are none, each in a sentence with the setting that was probably meant, and without its value.
 * @param tables of all options that the program has
 * @param nearOnly leaves out what resembles no setting: it may belong to another program in the same environment. Default false
 * @example findMisspelt({ CYBERARK_ACOUNT: 'acme' }, [OPTIONS])
 * // ['CYBERARK_ACOUNT is not a setting. Did you mean CYBERARK_ACCOUNT?']
 */
export function findMisspelt(
  environment: Readonly<Record<string, string | undefined>>,
  tables: readonly Readonly<Record<string, OptionRow>>[],
  { nearOnly = false } = {},
): string[] {
  const known = new Set(tables.flatMap((table) => Object.values(table).flatMap(({ env }) => env)));
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith(PREFIX) && !known.has(name) && value?.trim())
    .flatMap(([name]) => {
      const nearest = nearestSettingTo(name, [...known]);
      if (nearest !== undefined) return [`${name} is not a setting. Did you mean ${nearest}?`];
      return nearOnly ? [] : [`${name} is not a setting. docs/settings.md lists them.`];
    });
}

/** The name that was probably meant. Of two settings, only what follows `CYBERARK_` is compared. */
export function nearestSettingTo(name: string, known: readonly string[]): string | undefined {
  if (!name.startsWith(PREFIX)) return nearestOf(name, known);
  const endings = known.filter((one) => one.startsWith(PREFIX)).map((one) => one.slice(PREFIX.length));
  const nearest = nearestOf(name.slice(PREFIX.length), endings);
  return nearest === undefined ? undefined : `${PREFIX}${nearest}`;
}

/** Fields that options have besides those of the table, once they were checked. */
const OTHER_FIELDS = ['origins', 'tls.clientFiles'];
/** Letters that a misspelt option has in common with the one that is meant, so that few are compared at each start. */
const COMMON_START = 3;

/**
 * Fields of a program's options that look like an option and are none, by their path, with the option that was probably meant. What
 * resembles none is passed over: it may be the program's own.
 * @example findMisspeltOptions({ baseURL: 'https://conjur', tls: { CA: '…' } })
 * // [['baseURL', 'baseUrl'], ['tls.CA', 'tls.ca']]
 */
export function findMisspeltOptions(options: object): [name: string, meant: string][] {
  const paths = Object.keys(OPTIONS);
  const known = new Set([...paths, ...paths.map((path) => path.split('.')[0] as string), ...OTHER_FIELDS]);
  return pathsOf(options).flatMap((path) => {
    if (known.has(path)) return [];
    const start = path.slice(0, path.indexOf('.') + 1 + COMMON_START).toLowerCase();
    const alike = [...known].filter((one) => one.toLowerCase().startsWith(start));
    const meant = nearestOf(path, alike);
    return meant === undefined ? [] : [[path, meant]];
  });
}

const GROUPS = ['auth', 'tls', 'proxy'];

function pathsOf(options: object): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    GROUPS.includes(name) && typeof value === 'object' && value !== null
      ? Object.keys(value).map((key) => `${name}.${key}`)
      : [name],
  );
}
