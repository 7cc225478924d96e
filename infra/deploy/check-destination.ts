import { resourcesOf, type Template } from './template.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What a stack cannot work with, though it would deploy: a Conjur that only this machine reaches. */
export function checkDestination(template: Template): string[] {
  const bases = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Environment }]) => {
    const variables = (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
    return String(variables.CYBERARK_API_BASE ?? '');
  });
  const wrong = [...new Set(bases)].filter((base) => !isReachable(base));
  return wrong.length === 0
    ? []
    : [
        'CYBERARK_API_BASE must be the https URL of your Conjur: --param="CYBERARK_API_BASE=https://conjur.example.com", the environment variable, or custom.settings in serverless.yml.',
      ];
}

function isReachable(base: string): boolean {
  if (!URL.canParse(base)) return false;
  const { protocol, hostname } = new URL(base);
  return protocol === 'https:' && !LOOPBACK.test(hostname);
}
