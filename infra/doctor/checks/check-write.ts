import { isConjurError } from '../../../lib/errors.ts';
import type { HttpResponse } from '../../../lib/http/request.ts';
import { toPolicyPath, toResourcePath } from '../../../lib/names.ts';
import { buildVariablePolicy } from '../../../lib/secrets/policy-document.ts';
import { adviseGrant, toReference } from '../advise-grant.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';

/** No Conjur loads this: what becomes of it tells a server that knows dry runs from one that would load what it is asked to try. */
const PROBE = '- !no-such-kind probe\n';

/**
 * Whether a variable can be defined (a dry run of the policy load) and written (its privilege). Nothing is changed: a Conjur before
 * 1.21.1, and CyberArk's SaaS, know no dry run and would load the policy, so they are asked for the privilege instead.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_append_policy.htm
 */
export async function checkWrite(context: DoctorContext, name: string): Promise<CheckOutcome> {
  const { policyBranch } = context.settings;
  const probed = await context.sendAuthorized(toDryRun(context, PROBE));
  const follower = await explainFollower(context, probed);
  const { document, refusal } = toDocument(context, name);
  const curl = toWriteCurl(context, document ?? PROBE);
  if (follower !== undefined) return { ...follower, curl };
  const may = await mayUpdate(context, name);
  const tried = document === undefined ? undefined : await tryLoad(context, probed, document);
  if (may)
    return passed(`"${name}" is there and may be written${tried?.loads ? '' : '; it could not be defined'}.`, curl);
  if (refusal !== undefined) return failed('settings_invalid', refusal, BRANCH_ADVICE, { curl });
  if (tried?.loads)
    return passed(
      `"${name}" may be defined in the branch "${policyBranch}"${tried.how}, and then written by its owner.`,
      curl,
    );
  return { ...explain(context, tried?.status ?? probed.status, name), curl };
}

const BRANCH_ADVICE =
  'Set CYBERARK_POLICY_BRANCH to the branch that new variables are to go into, or have the variable defined.';

function toDryRun({ settings: { account, policyBranch } }: DoctorContext, body: string) {
  return {
    method: 'POST',
    path: `${toPolicyPath(account, policyBranch)}?dryRun=true`,
    headers: { 'content-type': 'application/x-yaml' },
    body,
    action: 'trying the policy load',
  } as const;
}

function toWriteCurl(context: DoctorContext, document: string): string {
  const request = toDryRun(context, document);
  return context.toCurl(
    { ...request, headers: { ...request.headers, authorization: '' } },
    { data: `--data-binary ${toShellText(document.trimEnd())}` },
  );
}

/** The policy that write-secret would load, or why it would load none. */
function toDocument({ settings }: DoctorContext, name: string): { document?: string; refusal?: string } {
  const { policyBranch, grantRead, grantWrite } = settings;
  try {
    return { document: buildVariablePolicy(policyBranch, [{ name }], { read: grantRead, write: grantWrite }) };
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return { refusal: error.message };
  }
}

interface Tried {
  readonly loads: boolean;
  readonly status: number;
  /** How that was found out, where it was not by a dry run. */
  readonly how: string;
}

async function tryLoad(context: DoctorContext, probed: HttpResponse, document: string): Promise<Tried> {
  if (knowsDryRun(probed)) {
    const { status } = await context.sendAuthorized(toDryRun(context, document));
    return { loads: status === 200, status, how: '' };
  }
  if (probed.status === 403 || probed.status === 404) return { loads: false, status: probed.status, how: '' };
  const { account, policyBranch } = context.settings;
  const loads = await isAllowed(context, toResourcePath(account, 'policy', policyBranch), 'create');
  return { loads, status: 403, how: ' (by its privilege: this Conjur knows no dry run)' };
}

/** A dry run is answered by a report with a `status`, a load that failed by an `error`. */
function knowsDryRun({ body }: HttpResponse): boolean {
  try {
    return typeof (JSON.parse(body.toString('utf8')) as { status?: unknown } | null)?.status === 'string';
  } catch {
    return false;
  }
}

/** As `$'…'` of bash and zsh, which keeps line breaks. */
function toShellText(text: string): string {
  return `$'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** A follower is a read-only copy. It says so in its role, and refuses whatever would write. */
async function explainFollower(context: DoctorContext, { status }: HttpResponse): Promise<CheckOutcome | undefined> {
  const role = await roleOfServer(context);
  const refuses = status === 405 || status === 500 || status === 503;
  if ((role === undefined || role === 'master' || role === 'leader') && !refuses) return undefined;
  const says = role === undefined ? `refuses what would write (${status})` : `says that it is a ${role}`;
  return failed(
    'follower_given_for_writing',
    `The server behind CYBERARK_API_BASE reads, but ${says}: it is not the leader.`,
    'Writes, policy and rotation go to the leader: put its address into CYBERARK_API_BASE, and this one into CYBERARK_READ_API_BASE.',
  );
}

/** Conjur Enterprise tells the role of a server at /info and /health; Conjur OSS does not. */
async function roleOfServer(context: DoctorContext): Promise<string | undefined> {
  for (const path of ['/info', '/health']) {
    const { status, body } = await context.sendAuthorized({
      method: 'GET',
      path,
      action: 'asking for the role of the server',
    });
    if (status !== 200) continue;
    try {
      const { role } = JSON.parse(body.toString('utf8')) as { role?: unknown };
      if (typeof role === 'string' && /^[a-z]{1,20}$/.test(role)) return role;
    } catch {
      // Not JSON: a page of something else, which tells nothing about the role.
    }
  }
  return undefined;
}

function mayUpdate(context: DoctorContext, name: string): Promise<boolean> {
  return isAllowed(context, toResourcePath(context.settings.account, 'variable', name), 'update');
}

async function isAllowed(context: DoctorContext, resource: string, privilege: string): Promise<boolean> {
  const path = `${resource}?check=true&privilege=${privilege}`;
  const { status } = await context.sendAuthorized({ method: 'GET', path, action: 'asking for the privilege' });
  return status === 204 || status === 200;
}

function explain({ settings, login }: DoctorContext, status: number, name: string): CheckOutcome {
  if (status === 403 || status === 404)
    return failed(
      'no_privilege',
      `${login} may neither write "${name}" nor define it in the branch "${settings.policyBranch}"${status === 404 ? ', if there is such a branch' : ''}.`,
      `${adviseGrant(login, 'read, update', toReference('variable', name))} To define new ones: privileges [ read, create ] on !policy ${settings.policyBranch}.`,
    );
  return failed(
    'unexpected_answer',
    `Conjur answered ${status} to the dry run.`,
    "Conjur's answer to the curl command says more.",
  );
}
