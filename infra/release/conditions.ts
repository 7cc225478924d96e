/** A condition of CloudFormation, without the name that it gets. */
export type Condition = Readonly<Record<string, unknown>>;

/**
 * The conditions of a template. Those that are built of others are named after them, so that the same ones always give the same template.
 */
export interface Conditions {
  /** True where the named condition is false. */
  not(name: string): string;
  /** True where one of the named conditions is. @throws RangeError for none */
  any(names: readonly string[]): string;
  /** True where all the named conditions are. @throws RangeError for none */
  all(names: readonly string[]): string;
  /** The definitions of all that were asked for, and of what they are built of, by name. */
  toTemplate(): Record<string, Condition>;
}

/** @param known conditions over the parameters, by name */
export function createConditions(known: Readonly<Record<string, Condition>>): Conditions {
  const definitions = new Map<string, Condition>(Object.entries(known));
  /** What a condition that is all of others is made of. */
  const parts = new Map<string, readonly string[]>();
  const combine = (operator: 'Fn::And' | 'Fn::Or', names: readonly string[]): string => {
    const [first, ...others] = [...new Set(names)].sort();
    if (first === undefined) throw new RangeError('A condition is built of at least one other.');
    if (others.length === 0) return first;
    const name = [first, ...others].join(operator === 'Fn::And' ? 'And' : 'Or');
    definitions.set(name, { [operator]: [first, ...others].map((Condition) => ({ Condition })) });
    if (operator === 'Fn::And') parts.set(name, [first, ...others]);
    return name;
  };
  return {
    not: (name) => {
      definitions.set(`Not${name}`, { 'Fn::Not': [{ Condition: name }] });
      return `Not${name}`;
    },
    any: (names) => combine('Fn::Or', names),
    all: (names) =>
      combine(
        'Fn::And',
        names.flatMap((name) => parts.get(name) ?? [name]),
      ),
    toTemplate: () => Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
