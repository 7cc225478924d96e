import type { ConjurContext } from '../answers.ts';
import { isAbsence, isPage, secretNotFound, toConjurError, unreadable } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { parseVariableName, toSecretPath } from '../names.ts';
import { showVariable } from '../resources/variables.ts';
import { Secret } from '../secret.ts';
import { MIME_TYPE_ANNOTATION } from './variable-policy.ts';

export interface SecretValue {
  readonly name: string;
  readonly value: Secret;
  /**
   * The variable's `mime_type`; `application/octet-stream` where its policy names none. Undefined where the value came by a batch,
   * which does not tell.
   */
  readonly contentType: string | undefined;
  /** The version that was asked for; undefined where the latest was. */
  readonly version: number | undefined;
  /** True where Conjur failed and the value comes from the cache, past its time. */
  readonly stale: boolean;
}

export interface ReadSecretRequest {
  /** Default: the latest. Conjur keeps 20. */
  readonly version?: number | undefined;
  /** Past the followers: what was written a moment ago is there for certain. Default false. */
  readonly fromLeader?: boolean | undefined;
  /** Past the value cache, where there is one. Default false. */
  readonly fresh?: boolean | undefined;
}

/**
 * `GET /secrets/{account}/variable/{id}`
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_retrieve_secret.htm
 * @throws ConjurError `secret_not_found`, `forbidden`, `invalid_request`
 */
export async function readSecret(
  context: ConjurContext,
  name: string,
  { version, fromLeader }: Omit<ReadSecretRequest, 'fresh'>,
  deadline: Deadline,
): Promise<SecretValue> {
  const path = toSecretPath(context.account, parseVariableName(name));
  if (version !== undefined && !(Number.isSafeInteger(version) && version > 0)) throw invalidVersion();
  const request: HttpRequest = {
    method: 'GET',
    path: version === undefined ? path : `${path}?version=${version}`,
    action: `reading the secret "${name}"`,
    idempotent: true,
    target: fromLeader === true ? 'leader' : 'read',
    // A follower may not know yet what was written or granted a moment ago.
    confirmAtLeader: [403, 404],
  };
  const response = await context.send(request, deadline);
  if (isAbsence(response)) throw secretNotFound(name, version);
  if (response.status !== 200) throw toConjurError(context, request, response);
  const looked = assertValue(context, name, request, response, deadline);
  if (looked !== undefined) await looked;
  return { name, value: Secret.of(response.body), contentType: contentTypeOf(response), version, stale: false };
}

/** A header that came twice is a list, whatever its type says: then the first one counts. */
function contentTypeOf({ headers }: HttpResponse): string {
  const contentType: string | string[] | undefined = headers['content-type'];
  return (typeof contentType === 'string' ? contentType : contentType?.[0]) ?? 'application/octet-stream';
}

/**
 * Refuses what Conjur does not give as a value: nothing at all, and a web page. A secret may be a page; then its policy says so, which
 * is looked up in that rare case.
 * @returns undefined where there is nothing to look up
 */
export function assertValue(
  context: ConjurContext,
  name: string,
  request: HttpRequest,
  response: HttpResponse,
  deadline: Deadline,
): Promise<void> | undefined {
  if (response.body.byteLength === 0) throw unreadable(context, request, response);
  if (!isPage(response)) return undefined;
  return assertIsPage(context, name, request, response, deadline);
}

async function assertIsPage(
  context: ConjurContext,
  name: string,
  request: HttpRequest,
  response: HttpResponse,
  deadline: Deadline,
): Promise<void> {
  const variable = await showVariable(context, name, deadline);
  if (variable === undefined || variable.annotations[MIME_TYPE_ANNOTATION] !== response.headers['content-type'])
    throw unreadable(context, request, response);
}

function invalidVersion(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'The version of a secret must be a whole number from 1. Leave it out for the latest.',
  );
}
