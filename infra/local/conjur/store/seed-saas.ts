import { loadPolicyText } from '../policy/load-policy.ts';
import type { ServerContext } from '../server-context.ts';

/** What a tenant of the service finds: a branch for what is its own, and one for each authenticator. */
const SAAS_BRANCHES = `
- !policy data
- !policy
  id: conjur
  body: [ !policy authn-jwt, !policy authn-iam, !policy authn-azure, !policy authn-gcp, !policy authn-oidc ]
`;

/** Makes the branches of a new tenant. */
export function seedSaas(context: ServerContext): void {
  const { account, resources } = context;
  if (resources.exists(`${account}:policy:data`)) return;
  const work = { policyId: `${account}:policy:root`, roleId: `${account}:user:admin`, clientIp: '127.0.0.1' };
  loadPolicyText(context, { ...work, text: SAAS_BRANCHES, mode: 'create' });
}
