import type { Template, TemplateResource } from '../deploy/template.ts';
import type { Conditions } from './conditions.ts';
import { ABSENT, type Branch, child, mergeBranches } from './merge-branches.ts';

type Block = Readonly<Record<string, unknown>>;

/** A packaged template, and when it holds. */
export interface Variant extends Omit<Branch, 'value'> {
  readonly template: Template;
}

export interface MergedTemplate {
  readonly Resources: Record<string, TemplateResource & { readonly Condition?: string }>;
  readonly Outputs: Record<string, Block>;
}

/**
 * One template that is `base`, and each variant under its condition. A resource whose references are conditional is so itself.
 * @throws Error where conditions cannot tell the variants
 */
export function mergeTemplates(base: Template, variants: readonly Variant[], conditions: Conditions): MergedTemplate {
  const merged = (part: 'Resources' | 'Outputs'): [string, Block][] => {
    const blocks = [base, ...variants.map(({ template }) => template)].map((template) => partOf(template, part));
    const ids = [...new Set(blocks.flatMap(Object.keys))];
    return ids.map((id) => [id, mergeEntry(id, part, { base, variants, conditions })]);
  };
  const Resources = Object.fromEntries(merged('Resources')) as unknown as MergedTemplate['Resources'];
  return {
    Resources: closeOverReferences(intoRoles(Resources), conditions),
    Outputs: Object.fromEntries(merged('Outputs')),
  };
}

interface Merging {
  readonly base: Template;
  readonly variants: readonly Variant[];
  readonly conditions: Conditions;
}

function partOf(template: Template, part: 'Resources' | 'Outputs'): Block {
  return ((template as unknown as Block)[part] ?? {}) as Block;
}

/** Its dependencies cannot be conditional; CloudFormation passes over one that is not made. */
function mergeEntry(id: string, part: 'Resources' | 'Outputs', { base, variants, conditions }: Merging): Block {
  const entryOf = (template: Template): unknown => {
    const entry = child(partOf(template, part), id);
    return entry === ABSENT ? ABSENT : omit(entry as Block, 'DependsOn');
  };
  const branches = variants.map((variant) => ({ ...variant, value: entryOf(variant.template) }));
  const { value, condition } = mergeBranches(entryOf(base), branches, conditions, `${part}.${id}`);
  const dependencies = [base, ...variants.map(({ template }) => template)].flatMap((template) => {
    const entry = child(partOf(template, part), id);
    return entry === ABSENT ? [] : ((entry as { DependsOn?: string | string[] }).DependsOn ?? []);
  });
  const DependsOn = [...new Set(dependencies)].sort();
  return {
    ...(value as Block),
    ...(DependsOn.length === 0 ? {} : { DependsOn }),
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function omit(block: Block, key: string): Block {
  return Object.fromEntries(Object.entries(block).filter(([name]) => name !== key));
}

/**
 * A policy that a function has to wait for, and that is not always there, as a part of its roles: a dependency cannot be conditional. It
 * gets a name of its own there, so that a stack which had the policy beside the role can be updated.
 */
function intoRoles(resources: MergedTemplate['Resources']): MergedTemplate['Resources'] {
  const awaited = new Set(
    Object.values(resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .flatMap(({ DependsOn = [] }) => DependsOn),
  );
  const moving = Object.entries(resources).filter(([id, { Condition }]) => awaited.has(id) && Condition !== undefined);
  const gone = new Set(moving.map(([id]) => id));
  const staying = Object.entries(resources).filter(([id]) => !gone.has(id));
  return Object.fromEntries(
    staying.map(([id, { DependsOn = [], ...resource }]) => {
      const waitsFor = [DependsOn].flat().filter((other) => !gone.has(other));
      const inlined = moving.flatMap(([, policy]) => toInlinePolicy(policy, id));
      return [id, { ...withPolicies(resource, inlined), ...(waitsFor.length === 0 ? {} : { DependsOn: waitsFor }) }];
    }),
  );
}

function toInlinePolicy({ Properties, Condition }: MergedTemplate['Resources'][string], role: string): unknown[] {
  const { PolicyName, PolicyDocument, Roles } = Properties as {
    PolicyName: string;
    PolicyDocument: unknown;
    Roles: { Ref: string }[];
  };
  if (!Roles.some(({ Ref }) => Ref === role)) return [];
  return [{ 'Fn::If': [Condition, { PolicyName: `${PolicyName}-inline`, PolicyDocument }, { Ref: 'AWS::NoValue' }] }];
}

function withPolicies(resource: TemplateResource, added: readonly unknown[]): TemplateResource {
  if (added.length === 0) return resource;
  const { Policies = [], ...properties } = resource.Properties as { Policies?: unknown[] };
  return { ...resource, Properties: { ...properties, Policies: [...Policies, ...added] } };
}

/** An authorizer is of its API, whatever else it depends on. Repeated, for what refers to what refers. */
function closeOverReferences(
  resources: MergedTemplate['Resources'],
  conditions: Conditions,
): MergedTemplate['Resources'] {
  const needed = new Map(
    Object.entries(resources).map(([id, { Condition }]) => [id, new Set(Condition ? [Condition] : [])]),
  );
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, resource] of Object.entries(resources)) {
      const own = needed.get(id) as Set<string>;
      const before = own.size;
      for (const other of listReferences(resource)) for (const name of needed.get(other) ?? []) own.add(name);
      grown ||= own.size > before;
    }
  }
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const names = [...(needed.get(id) ?? [])];
      return [id, names.length === 0 ? resource : { ...resource, Condition: conditions.all(names) }];
    }),
  );
}

/** The logical ids that a node refers to whatever the conditions are. */
function listReferences(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(listReferences);
  if (typeof node !== 'object' || node === null) return [];
  if ('Fn::If' in node) return [];
  if ('Ref' in node) return [String(node.Ref)];
  if ('Fn::GetAtt' in node) return [String((node['Fn::GetAtt'] as string[])[0])];
  if ('Fn::Sub' in node)
    return [...JSON.stringify(node['Fn::Sub']).matchAll(/\$\{(\w+)[.}]/g)].map(([, id]) => id ?? '');
  return Object.values(node).flatMap(listReferences);
}
