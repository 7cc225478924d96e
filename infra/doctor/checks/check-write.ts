import { toPolicyPath, toResourcePath } from '../../../lib/names/to-variable-path.ts';
import { buildVariablePolicy } from '../../../lib/policy/build-variable-policy.ts';
import type { ConjurResponse } from '../../../lib/transport/conjur-request.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { grant } from './check-read.ts';

/**
 * Whether a variable can be defined (a dry run of the policy load) and written (its privilege). Nothing is changed.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_append_policy.htm
 */
export async function checkWrite(context: DoctorContext, name: string): Promise<CheckOutcome> {
  const { account, policyBranch, grantRead, grantWrite } = context.settings;
  const document = buildVariablePolicy(policyBranch, [{ name }], { read: grantRead, write: grantWrite });
  const request = {
    method: 'POST',
    path: `${toPolicyPath(account, policyBranch)}?dryRun=true`,
    headers: { 'content-type': 'application/x-yaml' },
    body: document,
    doing: 'trying the policy load',
  } as const;
  const curl = context.toCurl(
    { ...request, headers: { ...request.headers, authorization: '' } },
    { data: `--data-binary ${toShellText(document.trimEnd())}` },
  );
  const response = await context.sendAuthorized(request);
  const follower = await explainFollower(context, response);
  if (follower !== undefined) return { ...follower, curl };
  const may = await mayUpdate(context, name);
  const loads = response.status === 200 || response.status === 201;
  if (may)
    return passed(`"${name}" is there and may be written${loads ? '' : '; new variables may not be defined'}.`, curl);
  if (loads)
    return passed(`"${name}" may be defined in the branch "${policyBranch}", and then written by its owner.`, curl);
  return { ...explain(context, response, name), curl };
}

/** As `$'…'` of bash and zsh, which keeps line breaks. */
function toShellText(text: string): string {
  return `$'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** A follower is a read-only copy. It says so in its role, and refuses whatever would write. */
async function explainFollower(context: DoctorContext, { status }: ConjurResponse): Promise<CheckOutcome | undefined> {
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
      doing: 'asking for the role of the server',
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

async function mayUpdate(context: DoctorContext, name: string): Promise<boolean> {
  const path = `${toResourcePath(context.settings.account, 'variable', name)}?check=true&privilege=update`;
  const { status } = await context.sendAuthorized({ method: 'GET', path, doing: 'asking for the privilege' });
  return status === 204 || status === 200;
}

function explain({ settings }: DoctorContext, { status }: ConjurResponse, name: string): CheckOutcome {
  if (status === 403 || status === 404)
    return failed(
      'no_privilege',
      `${settings.login} may neither write "${name}" nor define it in the branch "${settings.policyBranch}"${status === 404 ? ', if there is such a branch' : ''}.`,
      `${grant(name, 'read, update', settings.login)} To define new ones: privileges [ read, create ] on !policy ${settings.policyBranch}.`,
    );
  return failed(
    'unexpected_answer',
    `Conjur answered ${status} to the dry run.`,
    "Conjur's answer to the curl command says more.",
  );
}
