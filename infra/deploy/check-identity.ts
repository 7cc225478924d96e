import { FACTS_KEY, type SaidFacts, type StackFacts } from '../stack/stack-facts.ts';
import type { Template } from './template.ts';

interface Facts {
  readonly facts: StackFacts;
  readonly said: SaidFacts;
}

/** What a template says of itself; undefined for one from before it did. */
export function findFacts(template: Template): Facts | undefined {
  return template.Metadata?.[FACTS_KEY] as Facts | undefined;
}

function factsOf(template: Template): Facts {
  const found = findFacts(template);
  if (found === undefined) throw new Error(`The template has no Metadata.${FACTS_KEY}.`);
  return found;
}

const CHOICE = `Say how the functions log in to Conjur (docs/credentials.md):
  --param="CYBERARK_AUTHN=iam" --param="CYBERARK_AUTHN_SERVICE_ID=<id>"   by their AWS roles: recommended where Conjur reaches AWS STS
  --param="CYBERARK_AUTHN=api-key"                                       by api keys in Secrets Manager, one pair for each function`;

/** Neither way is a good default: the one needs a Conjur that is set up for it, the other keeps secrets. */
export function checkSaid(template: Template): string[] {
  return factsOf(template).said.Authenticator ? [] : [CHOICE];
}

/** What a stack gives up whose functions share a credential; undefined for any other. */
export function warnOfShared(template: Template): string | undefined {
  if (factsOf(template).facts.CredentialLayout !== 'shared') return undefined;
  return 'All functions share one Conjur credential, with the rights of a rotation: whoever takes over any of them reads, writes and defines secrets. credential_layout=per-function gives each its own (docs/credentials.md).';
}

interface Switch {
  readonly fact: keyof StackFacts;
  readonly parameter: string;
  readonly consequence: string;
  /** Where it matters at all. */
  readonly when?: (facts: StackFacts) => boolean;
}

const SWITCHES: readonly Switch[] = [
  {
    fact: 'CredentialLayout',
    parameter: 'credential_layout',
    consequence: 'the functions would log in with other secrets, which must be filled first',
  },
  {
    fact: 'RoleNames',
    parameter: 'role_names',
    consequence: 'the roles would have other names, and so other hosts in Conjur, which must be loaded first',
    when: ({ Authenticator }) => Authenticator === 'iam',
  },
];

/**
 * What a deployment would change of an existing stack though nobody has said so: a default of this version, say, that the stack was made
 * without.
 * @param deployed the facts of the existing stack
 */
export function checkSwitches(template: Template, deployed: StackFacts): string[] {
  const { facts, said } = factsOf(template);
  return SWITCHES.filter(
    ({ fact, when }) =>
      facts[fact] !== deployed[fact] &&
      !said[fact] &&
      facts.Authenticator === deployed.Authenticator &&
      (when?.(facts) ?? true),
  ).map(
    ({ fact, parameter, consequence }) =>
      `The stack has ${parameter} ${deployed[fact]}, and this deployment would make it ${facts[fact]}: ${consequence}. Say which: --param="${parameter}=${deployed[fact]}" keeps it, --param="${parameter}=${facts[fact]}" changes it (docs/credentials.md).`,
  );
}
