import { isConjurError } from '../../../lib/errors.ts';
import type { HttpResponse } from '../../../lib/http/request.ts';
import { encodeSegment, toPolicyPath, toResourcePath } from '../../../lib/names.ts';
import { buildVariablePolicy } from '../../../lib/secrets/policy-document.ts';
import { adviseGrant, toReference, toRoleReference } from '../advise-grant.ts';
import { askPrivilege, toPrivilegeRequest } from '../ask-privilege.ts';
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
  const rights = await findRights(context);
  const follower = await explainFollower(context, probed, rights);
  const { document, refusal } = toDocument(context, name);
  const curl = toWriteCurl(context, document ?? PROBE);
  if (follower !== undefined) return { ...follower, curl };
  const may = await mayUpdate(context, name);
  const tried = document === undefined ? undefined : await tryLoad(context, probed, document, rights);
  if (may)
    return passed(`"${name}" is there and may be written${tried?.loads ? '' : '; it could not be defined'}.`, curl);
  if (refusal !== undefined) return failed('settings_invalid', refusal, BRANCH_ADVICE, { curl });
  if (!tried?.loads) return { ...explain(context, tried ?? { status: probed.status }, name, rights), curl };
  const writer = await findWriter(context);
  if (writer === undefined) return { ...explainUnwritable(context, name), curl };
  return passed(
    `"${name}" may be defined in the branch "${policyBranch}"${tried.how}, and then written by ${writer}.`,
    curl,
  );
}

/** What this identity may do with the branch. */
interface Rights {
  readonly sees: boolean;
  readonly creates: boolean;
}

/** Asked beside the dry run, since Conjur answers one without the right to it as a follower answers it: with 500. */
async function findRights(context: DoctorContext): Promise<Rights> {
  const { account, policyBranch } = context.settings;
  const branch = toResourcePath(account, 'policy', policyBranch);
  const { status } = await context.sendAuthorized({ method: 'GET', path: branch, action: 'looking for the branch' });
  return { sees: status === 200, creates: await isAllowed(context, branch, 'create') };
}

/** Which role makes this identity able to write what it defines: a group of the settings, or the branch, which owns what is in it. */
async function findWriter(context: DoctorContext): Promise<string | undefined> {
  const { policyBranch, grantWrite } = context.settings;
  for (const role of grantWrite) if (await isMember(context, role)) return role;
  return (await isMember(context, `policy:${policyBranch}`)) ? 'its owner, the branch' : undefined;
}

/** Conjur lists what a role sees only for its members, and answers 403 to others: no right of one's own is needed to ask. */
async function isMember(context: DoctorContext, role: string): Promise<boolean> {
  const { account } = context.settings;
  const id = role.split(':').length > 2 ? role : `${account}:${role}`;
  const path = `/resources/${encodeSegment(account)}/policy?limit=1&role=${encodeSegment(id)}`;
  const { status } = await context.sendAuthorized({ method: 'GET', path, action: `asking for the role ${role}` });
  return status === 200;
}

/** A load that succeeds and a write that is then forbidden: the variable would be there, and empty. */
function explainUnwritable({ settings, login }: DoctorContext, name: string): CheckOutcome {
  const { policyBranch, grantWrite } = settings;
  const message = `${login} may define "${name}" in the branch "${policyBranch}", but not write it then: Conjur gives a new variable to the branch, not to who made it.`;
  const [first] = grantWrite;
  if (first === undefined)
    return failed(
      'no_privilege',
      message,
      `Set CYBERARK_GRANT_WRITE to a role that ${login} has, such as group:${policyBranch}/writers, or give it the branch: - !policy { id: ${policyBranch}, owner: ${toRoleReference(login)} }`,
    );
  const [kind = '', ...id] = first.split(':').slice(-2);
  return failed(
    'no_privilege',
    message,
    `CYBERARK_GRANT_WRITE permits ${first}, which ${login} is no member of. Have it granted, by a policy load into root: - !grant { role: ${toReference(kind, id.join(':'))}, member: ${toRoleReference(login)} }`,
  );
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
  /** What the dry run found wrong with the policy. */
  readonly problem?: string | undefined;
}

async function tryLoad(
  context: DoctorContext,
  probed: HttpResponse,
  document: string,
  { creates }: Rights,
): Promise<Tried> {
  if (knowsDryRun(probed)) {
    const { status, body } = await context.sendAuthorized(toDryRun(context, document));
    return { loads: status === 200, status, how: '', problem: problemOf(body) };
  }
  if (probed.status === 403 || probed.status === 404) return { loads: false, status: probed.status, how: '' };
  // 500: there is a dry run, and this identity has no right to it.
  const how = probed.status === 500 ? '' : ' (by its privilege: this Conjur knows no dry run)';
  return { loads: creates, status: 403, how };
}

/** What the report of a dry run finds wrong. */
function problemOf(body: Buffer): string | undefined {
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as { errors?: readonly { message?: unknown }[] };
    const message = errors?.[0]?.message;
    return typeof message === 'string' ? message.split('\n', 1)[0]?.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
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

/** A follower is a read-only copy. It says so in its role, and refuses whatever would write, even to who has the right to it. */
async function explainFollower(
  context: DoctorContext,
  { status }: HttpResponse,
  { creates }: Rights,
): Promise<CheckOutcome | undefined> {
  const role = await roleOfServer(context);
  const refuses = status === 405 || status === 503 || (status === 500 && creates);
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
  return (await askPrivilege(context, toPrivilegeRequest(resource, privilege))) === true;
}

function explain(
  { settings, login }: DoctorContext,
  { status, problem }: Pick<Tried, 'status' | 'problem'>,
  name: string,
  { sees }: Rights,
): CheckOutcome {
  const { policyBranch } = settings;
  if (status === 403 || status === 404 || status === 500)
    return failed(
      'no_privilege',
      sees
        ? `${login} sees the branch "${policyBranch}" and may not define "${name}" in it: it lacks \`create\` there, and \`update\` on the variable if that exists.`
        : `${login} may neither write "${name}" nor define it in the branch "${policyBranch}", if there is such a branch.`,
      `For new ones: ${adviseGrant(login, 'read, create', toReference('policy', policyBranch))} Where it exists: ${adviseGrant(login, 'read, update', toReference('variable', name))}`,
    );
  return failed(
    'unexpected_answer',
    `Conjur answered ${status} to the dry run${problem === undefined ? '' : `: ${problem}`}.`,
    "Conjur's answer to the curl command says more.",
  );
}
