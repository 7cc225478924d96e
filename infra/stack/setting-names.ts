import { FUNCTION_OPTIONS, type FunctionOptionRow } from '../../functions/runtime/options.ts';
import { OPTIONS, type OptionRow } from '../../lib/options.ts';

const CLIENT_ROWS: readonly OptionRow[] = Object.values(OPTIONS);
const FUNCTION_ROWS: readonly FunctionOptionRow[] = Object.values(FUNCTION_OPTIONS);
const ALL_ROWS = [...CLIENT_ROWS, ...FUNCTION_ROWS];

const isProxy = ({ group }: OptionRow): boolean => group === 'proxy';
/** A value that is a secret itself. A PEM is given by its path. */
const isSecret = ({ type }: OptionRow): boolean => type === 'secret' || type === 'token';
const ourNameOf = ({ env: [name] }: OptionRow): string => name;
const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** Settings that every function gets. docs/settings.md explains each. AWS's own variables are AWS's to set. */
export const SHARED_SETTINGS = distinct(
  [...CLIENT_ROWS, ...FUNCTION_ROWS.filter(({ only }) => only === undefined)]
    .filter((row) => !isProxy(row) && !isSecret(row))
    .map(ourNameOf)
    .filter((name) => name.startsWith('CYBERARK_')),
);

/** Settings of rotate-key alone. */
export const ROTATION_SETTINGS = FUNCTION_ROWS.filter((row) => row.only === 'rotate-key' && !isSecret(row)).map(
  ourNameOf,
);

/**
 * An http proxy on the way to Conjur. Taken from a parameter or from serverless.yml alone: the proxy of the machine that deploys is not
 * that of the functions.
 */
export const PROXY_SETTINGS = CLIENT_ROWS.filter(isProxy).map(({ env }) => env[1] as string);

/** Settings that are secrets themselves: for local use. A deployment never takes them over. */
export const SECRET_SETTINGS = ALL_ROWS.filter(isSecret).map(ourNameOf);

/** Where a deployment has its secrets from. */
export const SECRETS_ADVICE =
  "When deployed, the api key comes from Secrets Manager (docs/deployment.md) and LiteLLM's master key from LITELLM_MASTER_KEY_SECRET_ID; on this machine, set it in the environment.";

/** Conjur's own names, taken by the functions where ours are absent. A deployment sets ours. */
export const CONJUR_NAMES = distinct(
  ALL_ROWS.flatMap(({ env }) => env.filter((name) => /^(?:CONJUR_|JWT_)/.test(name))),
);
