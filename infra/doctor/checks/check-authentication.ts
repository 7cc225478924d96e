import { parseAccessToken } from '../../../lib/auth/access-token.ts';
import { Deadline, systemClock } from '../../../lib/clock.ts';
import { type ConjurError, isConjurError } from '../../../lib/errors.ts';
import { HttpFault } from '../../../lib/http/fault.ts';
import type { HttpRequest, HttpResponse } from '../../../lib/http/request.ts';
import { createNameOf, type Settings } from '../../../lib/settings.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { toSecretCommand } from '../shell-values.ts';
import { toFault } from '../to-fault.ts';

/** Accounts that a Conjur is often set up with. */
const USUAL_ACCOUNTS = ['default', 'conjur', 'cucumber', 'myConjurAccount'];

/** Whether Conjur takes the credential; where it does not, which part of it is wrong. */
export async function checkAuthentication(
  context: DoctorContext,
  otherAccounts: readonly string[],
): Promise<CheckOutcome> {
  const { settings } = context;
  let request: HttpRequest | undefined;
  let response: HttpResponse;
  try {
    request = await context.authenticatorFor(settings.account).prepare(0, credentialDeadline());
    if (request === undefined)
      return failed('wrong_key', 'There is no credential.', 'Set CYBERARK_API_KEY.', { fatal: true });
    // authn-iam signs only now.
    response = await context.send(request);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return withoutCredential(settings, error);
  }
  const curl = context.toCurl(request, { data: toData(context, request) });
  context.login = loginOf(request) ?? context.login;
  if (response.status === 200) return accept(context, response, curl);
  return { ...(await explain(context, response, otherAccounts)), curl, fatal: true };
}

/** What curl sends as the body. `$SIGNED_HEADERS` is the JSON of a signed `GetCallerIdentity`, which no shell makes. */
function toData({ settings, values }: DoctorContext, { body }: HttpRequest): string | undefined {
  if (settings.auth.type === 'jwt') return `--data-urlencode "jwt=${values.jwt}"`;
  if (settings.auth.type === 'iam') return '--data "$SIGNED_HEADERS"';
  return body === undefined || body.length === 0 ? undefined : `--data "${values.apiKey}"`;
}

/** The credential could not be got, or nothing could be sent with it. */
function withoutCredential({ auth }: Settings, error: ConjurError): CheckOutcome {
  const apiKeySecretId = secretIdOf(auth);
  const fault = toFault(error);
  if (apiKeySecretId !== undefined && !(error.cause instanceof HttpFault))
    return failed(
      fault,
      error.message,
      'On this machine that takes AWS credentials, a region (AWS_REGION) and a way to Secrets Manager; the command must give a version. In the functions it takes their role, and in a VPC an endpoint or NAT.',
      { curl: toSecretCommand(apiKeySecretId, 'VersionId'), fatal: true },
    );
  const advice =
    auth.type === 'iam'
      ? 'Give this process AWS credentials. Those of a person are not the role of a function: the host in CYBERARK_USERNAME must be named after the role that signs.'
      : 'docs/settings.md says where the credential comes from.';
  return failed(fault, error.message, advice, { fatal: true });
}

function accept(context: DoctorContext, response: HttpResponse, curl: string): CheckOutcome {
  const token = parseAccessToken(response, createNameOf(context.settings));
  context.authorization = token.authorization;
  context.login = token.login || context.login;
  const tokenCommand = curl.replace('curl -sS -i', 'TOKEN=$(curl -sS');
  return passed(
    `${context.login} is authenticated by ${context.settings.auth.type}; the token lives ${Math.round(token.lifeMs / 1000)} s.`,
    `${tokenCommand} | base64 | tr -d '\\n')`,
  );
}

async function explain(
  context: DoctorContext,
  { status }: HttpResponse,
  otherAccounts: readonly string[],
): Promise<CheckOutcome> {
  const { account, auth } = context.settings;
  const { login } = context;
  if (/%2f/i.test(login)) return encodedTwice(status);
  if (status === 404 && login.includes('/')) return decodedOnTheWay(login);
  if (status !== 401)
    return failed(
      'unexpected_answer',
      `Conjur answered ${status} to the authentication.`,
      status === 404
        ? 'Does CYBERARK_API_BASE need a path? Conjur Enterprise and SaaS stand behind https://host/api. With authn-iam or authn-jwt, check CYBERARK_AUTHN_SERVICE_ID.'
        : "Look into Conjur's log.",
    );
  const right = await findAccount(context, otherAccounts);
  if (right !== undefined)
    return failed(
      'wrong_account',
      `Conjur refuses this login in the account "${account}", and takes it in the account "${right}".`,
      `Set CYBERARK_ACCOUNT=${right}.`,
    );
  return failed(
    'wrong_key',
    `Conjur refuses the ${auth.type} credential${login === '' ? '' : ` of "${login}"`} in the account "${account}" (401).${login === '' ? ' It alone says whose it is.' : ''}`,
    adviceOnKey(context, account),
  );
}

function encodedTwice(status: number): CheckOutcome {
  return failed(
    'unencoded_login',
    `CYBERARK_USERNAME is url-encoded already, and is encoded once more on the wire; Conjur answered ${status}.`,
    'Write the login as Conjur does, with slashes: host/path/name. In a URL that you write by hand it is host%2Fpath%2Fname.',
  );
}

/** What a real Conjur answers to a login whose slashes are not encoded: there is no such route. */
function decodedOnTheWay(login: string): CheckOutcome {
  return failed(
    'unencoded_login',
    `Conjur knows no route for the login "${login}" (404): its slashes arrive there unencoded.`,
    'The login leaves here as host%2F…; a proxy or load balancer in front of Conjur decodes it. Have it pass the path on as it came (nginx: proxy_pass without a path; Apache: AllowEncodedSlashes NoDecode). Does CYBERARK_API_BASE lack a path (https://host/api)? That gives a 404 too.',
  );
}

/** Conjur answers alike to a wrong account, login and key. Where another account takes the same login and key, it was the account. */
async function findAccount(context: DoctorContext, others: readonly string[]): Promise<string | undefined> {
  if (context.settings.auth.type !== 'api-key') return undefined;
  const candidates = new Set([...others, ...USUAL_ACCOUNTS]);
  candidates.delete(context.settings.account);
  for (const account of candidates) {
    const request = await context.authenticatorFor(account).prepare(0, credentialDeadline());
    if (request !== undefined && (await context.send(request)).status === 200) return account;
  }
  return undefined;
}

function adviceOnKey({ login, settings: { auth }, authenticatorFor }: DoctorContext, account: string): string {
  const authn = auth.type;
  const apiKeySecretId = secretIdOf(auth);
  if (authn === 'cert') return authenticatorFor(account).advice;
  if (authn === 'iam')
    return 'The host must be named <policy path>/<AWS account>/<role name>, be granted the group of conjur/authn-iam/<service>, and the authenticator be enabled (CONJUR_AUTHENTICATORS). A clock that is off by 5 minutes also gives this.';
  if (authn === 'jwt')
    return 'Check the issuer, the audience and the claims that the host is annotated with, that the token has not expired, and that the authenticator is enabled.';
  const host =
    login === 'admin' || login.startsWith('host/')
      ? ''
      : ' A host is written host/path/name; without host/ it is taken for a user.';
  const where =
    apiKeySecretId === undefined
      ? ''
      : ` The key is AWSCURRENT of the secret ${apiKeySecretId}; that of a new stack holds a placeholder until the credential is put in (docs/deployment.md).`;
  return `The key is wrong or was rotated (a rotated key is dead at once), or the login is.${host}${where} Conjur does not tell which; if the account may be another one, name it: --accounts name,name.`;
}

/** `/authn…/{account}/{login}/authenticate`; undefined where the credential itself says who it is. */
function loginOf({ path }: HttpRequest): string | undefined {
  const [login] = /(?<=^\/(?:authn|authn-\w+\/[^/]+)\/[^/]+\/)[^/]+(?=\/authenticate$)/.exec(path) ?? [];
  return login && decodeURIComponent(login);
}

function secretIdOf(auth: Settings['auth']): string | undefined {
  return 'apiKeySecretId' in auth ? auth.apiKeySecretId : undefined;
}

/** For a credential that has to be fetched from Secrets Manager or signed. */
function credentialDeadline(): Deadline {
  return new Deadline(systemClock, 10_000);
}
