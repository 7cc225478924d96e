import { oneOf, text, toggle } from '../cli/flags.ts';
import type { FlagValues } from '../cli/run-command.ts';
import type { PolicyNames } from './render-policies.ts';

/** Flags of `npm run policies` and `npm run credentials`. */
export const POLICY_FLAGS = {
  stage: text('NAME', 'stage of the stack', 'dev'),
  account: text('ID', 'AWS account of the stack (for iam)'),
  region: text('NAME', 'AWS region of the stack (for iam: it stands in the names of the roles)'),
  layout: oneOf(
    ['per-function', 'shared', 'iam'],
    'what the functions log in with: api keys of their own, one for all, or their AWS roles',
    'per-function',
  ),
  policy: text('ID', 'policy of the hosts; another one for each stack', 'conjur-functions'),
  branch: text('ID', 'policy branch of the secrets', 'litellm'),
  'service-id': text('ID', 'of authn-iam/<id>', 'aws'),
  'allow-delete': toggle('also the right to delete'),
};

/** What the flags name, and nothing of a command's other flags. */
export function toPolicyNames(flags: FlagValues<typeof POLICY_FLAGS>, denyApiKeys = false): PolicyNames {
  const {
    stage,
    account,
    region,
    layout,
    policy,
    branch,
    'service-id': serviceId,
    'allow-delete': allowDelete,
  } = flags;
  return { stage, account, region, layout, policy, branch, serviceId, allowDelete, denyApiKeys };
}

/** What is said where the hosts are named after roles that a stack has only by the parameter `role_names`; undefined where there is nothing to say. */
export function warnOfRegion({
  layout,
  region,
  stage,
}: Pick<PolicyNames, 'layout' | 'region' | 'stage'>): string | undefined {
  if (layout !== 'iam' || region !== undefined) return undefined;
  return `Without --region the hosts are named after roles such as conjur-functions-${stage}-read-secret: those of a stack with role_names=without-region. Give --region for any other.`;
}
