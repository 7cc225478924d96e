import type { PortableTemplate } from '../../../infra/release/portable-template.ts';

type Values = Readonly<Record<string, string | readonly string[]>>;

const REMOVED = Symbol('AWS::NoValue');

/** Resources and outputs as CloudFormation makes them of a template: conditions and parameters put in, references to resources left. */
export function evaluateTemplate(
  template: Partial<PortableTemplate>,
  given: Readonly<Record<string, string>>,
): { Resources: Record<string, Record<string, unknown>>; Outputs: Record<string, unknown> } {
  const values = listValues(template, given);
  const conditions = template.Conditions ?? {};
  const holds = (name: string): boolean => evaluateCondition(conditions[name], values, holds);
  const part = (entries: Readonly<Record<string, unknown>> = {}): Record<string, Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(entries as Record<string, { Condition?: string }>)
        .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
        .map(([id, { Condition: _, ...entry }]) => [id, evaluate(entry, values, holds) as Record<string, unknown>]),
    );
  return { Resources: part(template.Resources), Outputs: part(template.Outputs) };
}

/** @throws Error for a parameter that the template lacks, that has no value, or whose value it does not allow */
function listValues({ Parameters = {} }: Partial<PortableTemplate>, given: Readonly<Record<string, string>>): Values {
  const unknown = Object.keys(given).filter((name) => !(name in Parameters) && name !== 'AWS::Region');
  if (unknown.length > 0) throw new Error(`no such parameter: ${unknown}`);
  const entries = Object.entries(Parameters).map(([name, { Type, Default, AllowedPattern, AllowedValues }]) => {
    const value = given[name] ?? Default;
    if (typeof value !== 'string') throw new Error(`${name} has no value`);
    if (AllowedPattern !== undefined && !new RegExp(AllowedPattern as string).test(value))
      throw new Error(`${name} cannot be ${value}`);
    if (AllowedValues !== undefined && !(AllowedValues as string[]).includes(value))
      throw new Error(`${name} cannot be ${value}`);
    return [name, Type === 'CommaDelimitedList' ? value.split(',') : value];
  });
  return { 'AWS::Region': given['AWS::Region'] ?? '', ...Object.fromEntries(entries) };
}

function evaluateCondition(condition: unknown, values: Values, holds: (name: string) => boolean): boolean {
  const [operator, content] = Object.entries(condition as object)[0] as [string, unknown];
  if (operator === 'Condition') return holds(content as string);
  const operands = content as unknown[];
  const inner = (operand: unknown): boolean => evaluateCondition(operand, values, holds);
  if (operator === 'Fn::Not') return !inner(operands[0]);
  if (operator === 'Fn::And') return operands.every(inner);
  if (operator === 'Fn::Or') return operands.some(inner);
  if (operator !== 'Fn::Equals') throw new Error(`no such condition: ${operator}`);
  const [one, two] = operands.map((operand) => JSON.stringify(evaluate(operand, values, holds)));
  return one === two;
}

function evaluate(node: unknown, values: Values, holds: (name: string) => boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => evaluate(item, values, holds)).filter((item) => item !== REMOVED);
  if (typeof node !== 'object' || node === null) return String(node);
  if ('Ref' in node) return node.Ref === 'AWS::NoValue' ? REMOVED : (values[node.Ref as string] ?? node);
  if ('Fn::If' in node) {
    const [condition, yes, no] = node['Fn::If'] as [string, unknown, unknown];
    return evaluate(holds(condition) ? yes : no, values, holds);
  }
  if ('Fn::Sub' in node && typeof node['Fn::Sub'] === 'string') return substitute(node['Fn::Sub'], values);
  const entries = Object.entries(node).map(([key, value]) => [key, evaluate(value, values, holds)] as const);
  return join(Object.fromEntries(entries.filter(([, value]) => value !== REMOVED)));
}

function substitute(text: string, values: Values): unknown {
  const done = text.replace(/\$\{([\w:]+)\}/g, (reference, name: string) => {
    const value = values[name];
    if (Array.isArray(value)) throw new Error(`${name} is a list within a text`);
    return (value as string | undefined) ?? reference;
  });
  return /\$\{[^!]/.test(done) ? { 'Fn::Sub': done } : done.replaceAll('${!', '${');
}

/** A joint of texts alone is a text. */
function join(node: Record<string, unknown>): unknown {
  const joint = node['Fn::Join'] as [string, unknown] | undefined;
  if (joint === undefined || !Array.isArray(joint[1]) || joint[1].some((part) => typeof part !== 'string')) return node;
  return joint[1].join(joint[0]);
}
