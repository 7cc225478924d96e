import { nearestSettingTo } from '../../lib/misspelt-settings.ts';
import { findPassedFault, PASSED_PREFIX } from '../stack/passed-environment.ts';
import {
  PROXY_SETTINGS,
  ROTATION_SETTINGS,
  SECRET_SETTINGS,
  SECRETS_ADVICE,
  SHARED_SETTINGS,
} from '../stack/setting-names.ts';

/** `serverless` takes `--param="name=value"` and `--param "name=value"`. */
const FLAG = /^--param(?:=(.*))?$/s;

/**
 * The parameters of a command line that serverless.yml does not know, or that are secrets. Serverless itself passes over such a one: a
 * misspelt `vpc_subnet_id` would put the functions outside the VPC.
 * @param args of `npm run package` or `npm run deploy`
 * @param ownNames parameters of serverless.yml; the settings of the functions are parameters too
 * @returns one sentence for each, without its value
 */
export function checkParameters(args: readonly string[], ownNames: readonly string[]): string[] {
  const known = new Set<string>([...ownNames, ...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...PROXY_SETTINGS]);
  return listNames(args).flatMap((name) => {
    if ((SECRET_SETTINGS as readonly string[]).includes(name))
      return [
        `The parameter ${name} is a secret, and the environment of a function is no place for one. ${SECRETS_ADVICE}`,
      ];
    if (name.startsWith(PASSED_PREFIX)) return findPassedFault(name, undefined) ?? [];
    return known.has(name) ? [] : [`There is no parameter "${name}". ${suggest(name, [...known])}`];
  });
}

function suggest(name: string, known: readonly string[]): string {
  const nearest = nearestSettingTo(name, known);
  return nearest === undefined ? 'docs/deployment.md and docs/settings.md list them.' : `Did you mean ${nearest}?`;
}

/** What stands before the first `=`. */
function listNames(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const match = FLAG.exec(arg);
    if (match === null) return [];
    const pair = match[1] ?? args[index + 1] ?? '';
    return [pair.split('=')[0] ?? ''];
  });
}
