import { Document, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { VariableDefinition, VariableGrants } from './variable-policy.ts';
import { toBranchRelativeId } from './variable-policy.ts';

const NO_GRANTS: VariableGrants = { read: [], write: [] };

/**
 * The policy document that defines variables in a branch and permits roles on them. Every text that comes from outside is a
 * double-quoted scalar: Conjur reads YAML 1.1, where `yes`, `12:30` or `~` are no strings unless quoted.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/policy/policy-statement-ref.htm
 */
export function buildVariablePolicy(
  branch: string,
  variables: readonly VariableDefinition[],
  grants: VariableGrants = NO_GRANTS,
): string {
  const statements = new YAMLSeq();
  for (const variable of variables) statements.add(toVariable(branch, variable));
  for (const [role, privileges] of toPrivileges(grants)) statements.add(toPermit(branch, role, privileges, variables));
  return toText(statements);
}

/** Each role's privileges, each once: Conjur answers 409, as to a concurrent load, where a document grants one twice. */
function toPrivileges({ read, write }: VariableGrants): Map<string, Set<string>> {
  const privileges = new Map<string, Set<string>>();
  const add = (role: string, ...more: string[]): void => {
    privileges.set(role, new Set([...(privileges.get(role) ?? []), ...more]));
  };
  for (const role of read) add(role, 'read', 'execute');
  for (const role of write) add(role, 'read', 'update');
  return privileges;
}

/** The policy document that deletes a variable, for `PATCH`. */
export function buildVariableDeletion(branch: string, name: string): string {
  const deletion = new YAMLMap();
  deletion.tag = '!delete';
  deletion.set(plain('record'), tagged('!variable', toBranchRelativeId(name, branch)));
  const statements = new YAMLSeq();
  statements.add(deletion);
  return toText(statements);
}

function toVariable(branch: string, { name, mimeType, annotations }: VariableDefinition): YAMLMap {
  const variable = new YAMLMap();
  variable.tag = '!variable';
  variable.set(plain('id'), quoted(toBranchRelativeId(name, branch)));
  if (mimeType !== undefined) variable.set(plain('mime_type'), quoted(mimeType));
  const entries = Object.entries(annotations ?? {});
  if (entries.length > 0) {
    const map = new YAMLMap();
    for (const [key, value] of entries) map.set(quoted(key), quoted(value));
    variable.set(plain('annotations'), map);
  }
  return variable;
}

function toPermit(
  branch: string,
  role: string,
  privileges: ReadonlySet<string>,
  variables: readonly VariableDefinition[],
): YAMLMap {
  const resources = new YAMLSeq();
  for (const { name } of variables) resources.add(tagged('!variable', toBranchRelativeId(name, branch)));
  const permit = new YAMLMap();
  permit.tag = '!permit';
  permit.set(plain('role'), toRoleReference(role));
  const list = new YAMLSeq();
  list.flow = true;
  for (const privilege of privileges) list.add(plain(privilege));
  permit.set(plain('privileges'), list);
  permit.set(plain('resources'), resources);
  return permit;
}

/** `group:apps/readers` becomes `!group /apps/readers`: absolute, whatever the branch. */
function toRoleReference(role: string): Scalar {
  const colon = role.indexOf(':');
  return tagged(`!${role.slice(0, colon)}`, `/${role.slice(colon + 1)}`);
}

function plain(text: string): Scalar {
  return new Scalar(text);
}

function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function tagged(tag: string, text: string): Scalar {
  const scalar = quoted(text);
  scalar.tag = tag;
  return scalar;
}

function toText(statements: YAMLSeq): string {
  const document = new Document();
  document.contents = statements as Document['contents'];
  // No folding: a folded double-quoted scalar is legal YAML, but one more thing for another parser to get wrong.
  return toAscii(document.toString({ lineWidth: 0 }));
}

/**
 * Writes what is not ASCII as YAML's escapes. It stands nowhere but in double-quoted scalars, where they are understood. libyaml, which
 * Conjur reads with, refuses some characters that are legal in a name unless they are escaped: U+FFFF, say.
 * https://yaml.org/spec/1.1/#id872840
 */
function toAscii(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
}
