import { basename } from 'node:path/posix';
import { checkTemplate } from '../deploy/check-template.ts';
import type { Template } from '../deploy/template.ts';
import { FACTS_KEY } from '../stack/stack-facts.ts';
import { type Condition, createConditions } from './conditions.ts';
import { withFirstRotation } from './first-rotation.ts';
import { type MergedTemplate, mergeTemplates, type Variant } from './merge-templates.ts';
import { listPortableParameters, type PortableParameter, toParameterName } from './portable-parameters.ts';
import type { PortableTemplate } from './portable-template.ts';
import { findMarked, replaceMarks } from './replace-marks.ts';
import { RULES } from './rules.ts';
import { BASE_ARGS, CHOICES, OPTIONAL, toOptionalVariant, VARIANTS, type VariantPlan } from './variants.ts';

/** Packages the stack with these parameters, and gives its template. */
export type PackageVariant = (args: Readonly<Record<string, string>>) => Promise<Template>;

export interface PortableTemplateOptions {
  readonly packageVariant: PackageVariant;
  /** The parameters of serverless.yml with their defaults, as texts. */
  readonly defaults: Readonly<Record<string, string>>;
  /** What a parameter means, by its name in serverless.yml. */
  readonly descriptions: Readonly<Record<string, string>>;
}

/**
 * The stack of serverless.yml as one template whose parameters a user gives to CloudFormation itself. The stack is packaged once for each
 * variant, with a mark in the place of every value; where the results differ, the template gets a condition, and where a mark stands, a
 * reference.
 * @throws Error where a variant must not be deployed, or the variants cannot be told by conditions
 */
export async function createPortableTemplate(options: PortableTemplateOptions): Promise<PortableTemplate> {
  const parameters = listPortableParameters(options.defaults);
  const plans = [...VARIANTS, toOptionalVariant(parameters)];
  const [base, ...templates] = await packageAll(options.packageVariant, [{}, ...plans], parameters);
  const conditions = createConditions({ ...listKnownConditions(parameters) });
  const variants = plans.map((plan, index) => toVariant(plan, templates[index] as Template, parameters));
  const merged = mergeTemplates(base as Template, variants, conditions);
  const { Resources, Outputs } = replaceMarks(merged, parameters) as MergedTemplate;
  return withFirstRotation({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Lambda functions that read, write and rotate secrets in CyberArk Conjur',
    Metadata: withoutFacts((base as unknown as { Metadata: Readonly<Record<string, unknown>> }).Metadata),
    Parameters: toParameters(parameters, options.descriptions),
    Rules: RULES,
    Conditions: onlyUsed(conditions.toTemplate(), { Resources, Outputs }),
    Resources,
    Outputs: withoutExports(Outputs),
  });
}

/** Metadata cannot be conditional, and what a stack is depends on its parameters here: its outputs say it. */
function withoutFacts({ [FACTS_KEY]: _facts, ...metadata }: Readonly<Record<string, unknown>>): unknown {
  return metadata;
}

type Plan = Partial<VariantPlan>;

async function packageAll(
  packageVariant: PackageVariant,
  plans: readonly Plan[],
  parameters: readonly PortableParameter[],
): Promise<Template[]> {
  const templates: Template[] = [];
  for (const { args = {}, marks = [], condition } of plans) {
    const marked = parameters.filter(({ name, neutral }) => neutral === undefined || marks.includes(name));
    const template = await packageVariant({
      ...BASE_ARGS,
      ...Object.fromEntries(
        parameters.flatMap(({ name, neutral }) => (neutral === undefined || neutral === '' ? [] : [[name, neutral]])),
      ),
      ...Object.fromEntries(marked.map(({ name, mark }) => [name, mark])),
      ...args,
    });
    const findings = checkTemplate(template);
    if (findings.length > 0) throw new Error(`The variant ${condition} must not be deployed:\n${findings.join('\n')}`);
    templates.push(withoutFramework(template));
  }
  return templates;
}

/**
 * A template without what the framework adds for itself: its bucket, and the names of zips in it, which hold the time. A function's code is
 * the zip beside the template instead, which `aws cloudformation package` uploads.
 */
function withoutFramework(template: Template): Template {
  const text = JSON.stringify(template, (key, value: unknown) => {
    if (key.startsWith('ServerlessDeploymentBucket')) return undefined;
    return key === 'Code' ? basename((value as { S3Key: string }).S3Key) : value;
  });
  return JSON.parse(text) as Template;
}

function toVariant(
  { condition: name, refines }: VariantPlan,
  template: Template,
  parameters: readonly PortableParameter[],
): Variant {
  const conditionsOf = (value: unknown): string[] =>
    name === OPTIONAL ? findMarked(value, parameters).filter(isOptional).map(toConditionName) : [name];
  return { name, refines, template, conditionsOf };
}

function isOptional({ neutral }: PortableParameter): boolean {
  return neutral !== undefined;
}

function toConditionName({ name }: PortableParameter): string {
  return `Has${toParameterName(name)}`;
}

function listKnownConditions(parameters: readonly PortableParameter[]): Record<string, Condition> {
  const ofParameters = parameters.filter(isOptional).map((parameter) => {
    const Ref = toParameterName(parameter.name);
    const value = parameter.type === 'CommaDelimitedList' ? { 'Fn::Join': ['', { Ref }] } : { Ref };
    return [toConditionName(parameter), { 'Fn::Not': [{ 'Fn::Equals': [value, parameter.neutral] }] }];
  });
  const ofVariants = VARIANTS.flatMap(({ condition, definition }) => (definition ? [[condition, definition]] : []));
  return Object.fromEntries([...ofParameters, ...ofVariants]);
}

function toParameters(
  parameters: readonly PortableParameter[],
  descriptions: Readonly<Record<string, string>>,
): PortableTemplate['Parameters'] {
  const describe = (name: string): { Description: string } => ({ Description: descriptions[name] ?? name });
  const stage = {
    Type: 'String',
    Default: 'prod',
    AllowedPattern: '^[a-z][a-z0-9-]{0,15}$',
    Description: 'Part of every name, so that an account can have several stacks',
  };
  const choices = Object.entries(CHOICES).map(([name, { values, default: Default }]) => [
    toParameterName(name),
    { Type: 'String', AllowedValues: values, ...(Default === undefined ? {} : { Default }), ...describe(name) },
  ]);
  const others = parameters.map(({ name, type, default: Default, pattern }) => [
    toParameterName(name),
    {
      Type: type,
      ...(Default === undefined ? {} : { Default }),
      ...(pattern === undefined ? {} : { AllowedPattern: pattern }),
      ...describe(name),
    },
  ]);
  return Object.fromEntries([['Stage', stage], ...choices, ...others]);
}

/** Conditions that a resource, an output or another condition in use names. */
function onlyUsed(all: Readonly<Record<string, Condition>>, ...users: unknown[]): Record<string, Condition> {
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    const text = JSON.stringify(node);
    for (const name of Object.keys(all)) {
      if (used.has(name) || !new RegExp(`"(?:Condition":|Fn::If":\\[)"${name}"`).test(text)) continue;
      used.add(name);
      visit(all[name]);
    }
  };
  users.forEach(visit);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

/** The framework exports outputs by names of its own, and an export cannot be changed while another stack uses it. */
function withoutExports(outputs: MergedTemplate['Outputs']): MergedTemplate['Outputs'] {
  return Object.fromEntries(Object.entries(outputs).map(([id, { Export: _, ...output }]) => [id, output]));
}
