import { isDeepStrictEqual } from 'node:util';
import type { Conditions } from './conditions.ts';

/** Where a branch, or the base, has no such node. */
export const ABSENT = Symbol('absent');

/** What a node of the template is under a condition. */
export interface Branch {
  readonly name: string;
  /** Name of the branch that this one goes on from, where that is not the base. Its condition then implies that branch's. */
  readonly refines?: string | undefined;
  /** Conditions that must hold for `value`: the branch's own, or of optional parameters those that stand in the value. */
  readonly conditionsOf: (value: unknown) => readonly string[];
  readonly value: unknown;
}

/** A merged node, and the condition under which it is there. Undefined: always. */
export interface Merged {
  readonly value: unknown;
  readonly condition: string | undefined;
}

const NO_VALUE = { Ref: 'AWS::NoValue' };

/**
 * One node that is the base's, and each branch's under its condition. It takes branches for independent of each other: a node that two of
 * them change in two ways is refused.
 * @param where path of the node, for messages
 * @throws Error for a node that cannot be told by conditions
 */
export function mergeBranches(
  base: unknown,
  branches: readonly Branch[],
  conditions: Conditions,
  where: string,
): Merged {
  const differing = listDiffering(base, branches);
  if (differing.length === 0) return { value: base, condition: undefined };
  if (base === ABSENT) return mergeAdded(branches, conditions, where);
  const removing = differing.filter(({ value }) => value === ABSENT);
  const staying = branches.filter(({ value }) => value !== ABSENT);
  const value = mergePresent(base, staying, conditions, where);
  if (removing.length === 0) return { value, condition: undefined };
  const names = removing.flatMap((branch) => namesOf(branch, base, where));
  return { value, condition: conditions.all(names.map((name) => conditions.not(name))) };
}

/** The branches in which the node is not what it is in what they go on from. */
function listDiffering(base: unknown, branches: readonly Branch[]): Branch[] {
  return branches.filter(({ value, refines }) => {
    const from = branches.find(({ name }) => name === refines);
    return !isDeepStrictEqual(value, from === undefined ? base : from.value);
  });
}

/** A node that the base lacks: the first branch that has it is the base of the others. */
function mergeAdded(branches: readonly Branch[], conditions: Conditions, where: string): Merged {
  const having = branches.filter(({ value }) => value !== ABSENT);
  const [first, ...others] = having as [Branch, ...Branch[]];
  const value = mergePresent(first.value, others, conditions, where);
  const adding = listDiffering(ABSENT, branches).filter(
    (branch) => branch.value !== ABSENT && !isRefining(branch, having),
  );
  return {
    value,
    condition: conditions.any(adding.map((branch) => conditions.all(namesOf(branch, branch.value, where)))),
  };
}

function isRefining({ refines }: Branch, branches: readonly Branch[]): boolean {
  return branches.some(({ name }) => name === refines);
}

function mergePresent(base: unknown, branches: readonly Branch[], conditions: Conditions, where: string): unknown {
  const nodes = [base, ...branches.map(({ value }) => value)];
  if (nodes.every(isBlock)) return mergeBlocks(base as Block, branches, conditions, where);
  if (nodes.every(Array.isArray)) return mergeLists(base as unknown[], branches, conditions, where);
  return choose(base, branches, conditions, where);
}

type Block = Readonly<Record<string, unknown>>;

/** An object whose keys are its own, and no function of CloudFormation. */
function isBlock(value: unknown): value is Block {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key, ...others] = Object.keys(value);
  return others.length > 0 || key === undefined || (key !== 'Ref' && !key.startsWith('Fn::'));
}

function mergeBlocks(base: Block, branches: readonly Branch[], conditions: Conditions, where: string): Block {
  const keys = new Set([base, ...branches.map(({ value }) => value as Block)].flatMap(Object.keys));
  const entries = [...keys].map((key) => {
    const inner = branches.map((branch) => ({ ...branch, value: child(branch.value as Block, key) }));
    return [key, wrap(mergeBranches(child(base, key), inner, conditions, `${where}.${key}`))];
  });
  return Object.fromEntries(entries);
}

/** The value of a key, or {@link ABSENT}. */
export function child(block: Block, key: string): unknown {
  return key in block ? block[key] : ABSENT;
}

/** Lists of one length are merged place by place; otherwise what a branch adds or leaves out is told from what it shares with the base. */
function mergeLists(
  base: readonly unknown[],
  branches: readonly Branch[],
  conditions: Conditions,
  where: string,
): unknown[] {
  const lists = branches.map(({ value }) => value as unknown[]);
  if (lists.every(({ length }) => length === base.length))
    return base.map((item, index) => {
      const inner = branches.map((branch, which) => ({ ...branch, value: lists[which]?.[index] }));
      return wrap(mergeBranches(item, inner, conditions, `${where}[${index}]`));
    });
  return alignItems(base, lists).map((item, index) => {
    const has = (list: readonly unknown[]): unknown => (includes(list, item) ? item : ABSENT);
    const inner = branches.map((branch, which) => ({ ...branch, value: has(lists[which] ?? []) }));
    return wrap(mergeBranches(has(base), inner, conditions, `${where}[${index}]`));
  });
}

/** Every item of any of the lists once, the base's in its order, and the others' behind what they stand behind. */
function alignItems(base: readonly unknown[], lists: readonly (readonly unknown[])[]): unknown[] {
  const items = [...base];
  for (const list of lists)
    for (const [index, item] of list.entries()) {
      if (includes(items, item)) continue;
      const before = items.findIndex((known) => index > 0 && isDeepStrictEqual(known, list[index - 1]));
      items.splice(before + 1, 0, item);
    }
  return items;
}

function includes(list: readonly unknown[], item: unknown): boolean {
  return list.some((known) => isDeepStrictEqual(known, item));
}

/** A value that cannot be taken apart: the branch's where its condition holds, otherwise the base's. */
function choose(base: unknown, branches: readonly Branch[], conditions: Conditions, where: string): unknown {
  return listDiffering(base, branches).reduceRight<unknown>((otherwise, branch) => {
    const condition = conditions.all(namesOf(branch, branch.value, where));
    return { 'Fn::If': [condition, branch.value, otherwise] };
  }, base);
}

function namesOf(branch: Branch, value: unknown, where: string): readonly string[] {
  const names = branch.conditionsOf(value);
  if (names.length > 0) return names;
  throw new Error(`${where} depends on an optional parameter that does not stand in it: give it a variant of its own.`);
}

function wrap({ value, condition }: Merged): unknown {
  return condition === undefined ? value : { 'Fn::If': [condition, value, NO_VALUE] };
}
