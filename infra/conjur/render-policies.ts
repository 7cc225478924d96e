import { readFileSync } from 'node:fs';

/** What stands in the policies of this folder, to be replaced by what a stack is called. */
const SHIPPED = {
  account: '111122223333',
  rolePrefix: 'conjur-functions-dev-eu-central-1-',
  policy: 'conjur-functions',
  branch: 'litellm',
  serviceId: 'aws',
} as const;

/** `per-function` and `shared` log in by api keys, `iam` by the AWS roles of the functions. */
export type PolicyLayout = 'per-function' | 'shared' | 'iam';

/** What the policies of a stack are made for. */
export interface PolicyNames {
  readonly layout: PolicyLayout;
  /** Of the stack; part of the roles' names. */
  readonly stage: string;
  /** 12 digits. Needed with `iam`. */
  readonly account: string | undefined;
  /** AWS region of the stack; undefined: the roles have none in their names. */
  readonly region: string | undefined;
  /** Policy that the hosts stand in. Default of the command: `conjur-functions`. */
  readonly policy: string;
  /** Policy branch of the secrets. Default of the command: `litellm`. */
  readonly branch: string;
  /** Of `authn-iam/<id>`. */
  readonly serviceId: string;
  readonly allowDelete: boolean;
  /** With `iam`: the hosts are denied api keys, where the server takes that. */
  readonly denyApiKeys: boolean;
}

/** A policy that is ready to be loaded into root. */
export interface RenderedPolicy {
  readonly file: string;
  readonly text: string;
}

const FILES = {
  'per-function': 'functions.yml',
  shared: 'blue-green.yml',
  iam: 'authn-iam.yml',
} as const;

/** Of segments, none of them `.` or `..`. */
const ID = /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;

const BOUNDS = {
  stage: [/^[A-Za-z0-9-]{1,64}$/, 'letters, digits and hyphens'],
  account: [/^\d{12}$/, 'the 12 digits of an AWS account'],
  region: [/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1'],
  policy: [ID, 'the id of a policy'],
  branch: [ID, 'the id of a policy branch'],
  serviceId: [/^[\w.-]+$/, 'the id of an authenticator'],
} as const;

/**
 * The policies of a layout with the names of a stack, in the order of loading.
 * @throws Error for a name that would be another thing in a policy
 */
export function renderPolicies(names: PolicyNames): RenderedPolicy[] {
  for (const [name, [pattern, what]] of Object.entries(BOUNDS)) {
    const value = names[name as keyof typeof BOUNDS];
    if (value !== undefined && !pattern.test(value)) throw new Error(`"${value}" is not ${what}.`);
  }
  if (names.layout === 'iam' && names.account === undefined)
    throw new Error('The hosts are named after AWS account and role: give --account, and --region.');
  const files = ['secrets-branch.yml', FILES[names.layout], ...(names.allowDelete ? ['allow-delete.yml'] : [])];
  return files.map((file) => ({ file, text: render(readFileSync(new URL(file, import.meta.url), 'utf8'), names) }));
}

/** Comments are left as they are: they speak of the files. */
function render(text: string, names: PolicyNames): string {
  return text
    .split('\n')
    .map((line) => (line.trimStart().startsWith('#') ? line : renderLine(line, names)))
    .join('\n');
}

function renderLine(line: string, names: PolicyNames): string {
  const { stage, region, account = SHIPPED.account, policy, branch, serviceId } = names;
  const rolePrefix = `conjur-functions-${stage}-${region === undefined ? '' : `${region}-`}`;
  const replacements: ReadonlyMap<string, string> = new Map([
    [SHIPPED.account, account],
    [SHIPPED.rolePrefix, rolePrefix],
    [SHIPPED.policy, policy],
    [SHIPPED.branch, branch],
    [`authn-iam/${SHIPPED.serviceId}`, `authn-iam/${serviceId}`],
  ]);
  // All in one pass, the longest first: what was put in is not replaced again.
  const shipped =
    /111122223333|conjur-functions-dev-eu-central-1-|\bconjur-functions\b(?!-)|\blitellm\b|\bauthn-iam\/aws\b/g;
  const rendered = line
    .replace(shipped, (found) => replacements.get(found) ?? found)
    .replace(/^(\s*(?:- )?id: )(\S+)$/, (_, key: string, id: string) => key + toScalar(id));
  const denies = names.layout === 'iam' && names.denyApiKeys;
  return denies ? rendered.replace('authn/api-key: true', 'authn/api-key: false') : rendered;
}

/** What YAML would take for a number, a date, a truth or nothing is quoted: Conjur wants a text. */
function toScalar(id: string): string {
  const isText = /^[A-Za-z_][\w./-]*$/.test(id) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(id);
  return isText ? id : JSON.stringify(id);
}
