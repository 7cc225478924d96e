import { emptyReply } from '../http/reply.ts';
import { ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { authorizeService, refuse, requireService, type ServiceLogin, serviceVariable } from './authorize-service.ts';
import { verifyCloudToken } from './cloud-keys.ts';
import { checkRestrictions } from './host-restrictions.ts';
import { toRoleId } from './login.ts';

/** Where a managed identity's token says what it runs on. */
const RESOURCE = /^\/?subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+)\/([^/]+)\/([^/]+)$/;
const USER_ASSIGNED = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/**
 * Logs in with the token of an Azure managed identity. The variable `provider-uri` of the service is the issuer.
 *
 * @param host the login of the path.
 * @param jwt the `jwt` field of the form; null when there is none.
 * @returns the role that logs in.
 * @throws {ReplyError} 400 without a token, 401 for any other reason.
 */
export async function authenticateByAzure(
  context: ServerContext,
  login: ServiceLogin,
  host: string,
  jwt: string | null,
): Promise<string> {
  if (!jwt) throw new ReplyError(emptyReply(400));
  requireService(context, login);
  const roleId = toRoleId(login.account, host);
  authorizeService(context, login, roleId);
  const provider = serviceVariable(context, login, 'provider-uri');
  if (provider === undefined) throw refuse(context, login, 'the variable provider-uri has no value');
  const { xms_mirid: resource, oid } = await verifyCloudToken(context, login, jwt, `${provider.replace(/\/$/, '')}/`);
  if (typeof oid !== 'string' || typeof resource !== 'string')
    throw refuse(context, login, 'the token lacks the claim oid or xms_mirid');
  const [, subscription, group, namespace, type, name] = RESOURCE.exec(resource) ?? [];
  if (subscription === undefined) throw refuse(context, login, 'the claim xms_mirid names no resource');
  const isUserAssigned = `${namespace}/${type}` === USER_ASSIGNED;
  checkRestrictions(context, login, roleId, {
    required: ['subscription-id', 'resource-group'],
    values: {
      'subscription-id': subscription,
      'resource-group': group,
      'user-assigned-identity': isUserAssigned ? name : undefined,
      'system-assigned-identity': isUserAssigned ? undefined : oid,
    },
  });
  return roleId;
}
