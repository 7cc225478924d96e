import { environmentOf, resourcesOf, type Template } from './template.ts';

/** Names and addresses that mean the machine that asks, or its own network. */
const LOOPBACK =
  /^(?:localhost\.?|.*\.localhost\.?|127(?:\.\d{1,3}){3}|0\.0\.0\.0|169\.254(?:\.\d{1,3}){2}|\[::1?\]|\[::ffff:7f.*\])$/;

/** What a stack cannot work with, though it would deploy: a Conjur or a LiteLLM that only this machine reaches. */
export function checkDestination(template: Template): string[] {
  const environments = resourcesOf(template, 'AWS::Lambda::Function').map(([, properties]) =>
    environmentOf(properties),
  );
  const valuesOf = (name: string): string[] =>
    environments.flatMap(({ [name]: value }) => (value === undefined ? [] : [String(value)]));
  const bases = environments.map(({ CYBERARK_API_BASE: base }) => String(base ?? ''));
  const followers = valuesOf('CYBERARK_READ_API_BASE').flatMap((list) => list.split(',').map((text) => text.trim()));
  return [
    ...(bases.every(isReachable) ? [] : [BASE_ADVICE]),
    ...(followers.filter((text) => text !== '').every(isReachable)
      ? []
      : ['CYBERARK_READ_API_BASE must list https URLs of followers that AWS reaches, separated by commas.']),
    ...(valuesOf('LITELLM_API_BASE').every(isElsewhere)
      ? []
      : ['LITELLM_API_BASE must be the URL of a LiteLLM proxy that AWS reaches.']),
  ];
}

const BASE_ADVICE =
  'CYBERARK_API_BASE must be the https URL of your Conjur: --param="CYBERARK_API_BASE=https://conjur.example.com", the environment variable, or custom.settings in serverless.yml.';

function isReachable(base: string): boolean {
  return isElsewhere(base) && new URL(base).protocol === 'https:';
}

function isElsewhere(base: string): boolean {
  return URL.canParse(base) && !LOOPBACK.test(new URL(base).hostname);
}
