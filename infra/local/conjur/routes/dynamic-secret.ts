import { randomBytes, randomUUID } from 'node:crypto';
import { codedError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { createIssuers, DYNAMIC_BRANCH } from '../store/issuers.ts';

/** How many dynamic variables one request may ask for. */
const BATCH_LIMIT = 10;

/** An account of AWS that does not exist. */
const AWS_ACCOUNT = '000000000000';

/** Whether the resource is a variable whose value an issuer makes at each read. */
export function isDynamic({ account, isDynamicSecretsOn }: ServerContext, id: string): boolean {
  return isDynamicSecretsOn && id.startsWith(`${account}:variable:${DYNAMIC_BRANCH}`);
}

/**
 * Makes credentials in the form of a genuine Conjur's, for a role that may read the variable. Nothing asks AWS, and they open nothing.
 *
 * @throws {ReplyError} 422 where the issuer has been deleted and its variables were kept.
 */
export function makeDynamicSecret({ account, database, resources }: ServerContext, id: string): string {
  const issuerId = resources.annotation(id, 'dynamic/issuer') ?? '';
  const issuer = createIssuers(database, account).find(issuerId);
  if (issuer === undefined)
    throw codedError(422, 'unprocessable_entity', `The issuer '${issuerId}' of ${id} was not found`);
  const name = `local-${randomBytes(4).toString('hex')}`;
  const isFederation = resources.annotation(id, 'dynamic/method') !== 'assume-role';
  return JSON.stringify({
    id: randomUUID(),
    ttl: Number(resources.annotation(id, 'dynamic/ttl') ?? issuer.maxTtlSeconds),
    data: {
      access_key_id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secret_access_key: randomBytes(30).toString('base64'),
      session_token: randomBytes(120).toString('base64'),
      ...(isFederation
        ? { federated_user_id: `${AWS_ACCOUNT}:${name}` }
        : { assumed_role_user_id: `AROA${randomBytes(8).toString('hex').toUpperCase()}:${name}` }),
    },
  });
}

/** @throws {ReplyError} 422 for more dynamic variables than one request may ask for. */
export function checkDynamicCount(context: ServerContext, ids: readonly string[]): void {
  if (ids.filter((id) => isDynamic(context, id)).length <= BATCH_LIMIT) return;
  throw codedError(422, 'unprocessable_entity', `A batch may ask for at most ${BATCH_LIMIT} dynamic secrets`);
}
