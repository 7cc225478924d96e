import { text, texts, toggle } from '../cli/flags.ts';
import type { FlagValues } from '../cli/run-command.ts';

/** Flags of `npm run package` and `npm run deploy`. */
export const DEPLOY_FLAGS = {
  stage: text('NAME', 'stage of the stack: letters, digits, hyphens (default dev)'),
  region: text('NAME', 'AWS region (default: AWS_REGION, AWS_DEFAULT_REGION, or eu-central-1)'),
  'aws-profile': text('NAME', 'profile of the AWS credentials'),
  param: texts('"name=value"', 'a parameter or a setting; may be given several times'),
  verbose: toggle('print more'),
};

export const DEPLOY_NOTES = 'docs/deployment.md lists the parameters, docs/settings.md the settings.';

/** The same flags as `serverless` takes them. */
export function toServerlessArguments(flags: FlagValues<typeof DEPLOY_FLAGS>): string[] {
  const { param, verbose, ...single } = flags;
  return [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...param.map((pair) => `--param=${pair}`),
    ...(verbose ? ['--verbose'] : []),
  ];
}
