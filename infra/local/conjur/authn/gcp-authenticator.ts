import type { JWTPayload } from 'jose';
import { emptyReply } from '../http/reply.ts';
import { ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { authorizeService, refuse, requireService, type ServiceLogin } from './authorize-service.ts';
import { verifyCloudToken } from './cloud-keys.ts';
import { checkRestrictions } from './host-restrictions.ts';
import { toRoleId } from './login.ts';

export const GOOGLE_ISSUER = 'https://accounts.google.com';

/**
 * Logs in with a Google identity token. Its audience, `conjur/{account}/{login}`, names the host.
 *
 * @param jwt the `jwt` field of the form; null when there is none.
 * @returns the role that logs in.
 * @throws {ReplyError} 400 without a token, 401 for any other reason.
 */
export async function authenticateByGcp(
  context: ServerContext,
  login: ServiceLogin,
  jwt: string | null,
): Promise<string> {
  if (!jwt) throw new ReplyError(emptyReply(400));
  requireService(context, login);
  const claims = await verifyCloudToken(context, login, jwt, GOOGLE_ISSUER);
  const [, account, host] = /^conjur\/([^/]+)\/(.+)$/.exec(String(claims.aud)) ?? [];
  if (host === undefined) throw refuse(context, login, 'the audience is not of the form conjur/{account}/{login}');
  if (account !== login.account) throw refuse(context, login, `the audience names the account ${account}`);
  const roleId = toRoleId(login.account, host);
  authorizeService(context, login, roleId);
  const { project_id: project, instance_name: instance } = computeEngineOf(claims);
  checkRestrictions(context, login, roleId, {
    any: ['project-id', 'service-account-id', 'service-account-email'],
    values: {
      'project-id': textOf(project),
      'instance-name': textOf(instance),
      'service-account-id': claims.sub,
      'service-account-email': textOf(claims.email),
    },
  });
  return roleId;
}

/** Only tokens in the full format, of a machine, have these. */
function computeEngineOf({ google }: JWTPayload): Readonly<Record<string, unknown>> {
  const { compute_engine: machine } = (google ?? {}) as { compute_engine?: Readonly<Record<string, unknown>> };
  return machine ?? {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
