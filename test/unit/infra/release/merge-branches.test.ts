import { describe, expect, it } from 'vitest';
import { createConditions } from '../../../../infra/release/conditions.ts';
import { ABSENT, type Branch, mergeBranches } from '../../../../infra/release/merge-branches.ts';

const branch = (name: string, value: unknown, refines?: string): Branch => ({
  name,
  refines,
  value,
  conditionsOf: () => [name],
});
const merge = (base: unknown, ...branches: Branch[]): unknown =>
  mergeBranches(base, branches, createConditions({ A: {}, B: {} }), 'node');
const NO_VALUE = { Ref: 'AWS::NoValue' };

describe('a merged node', () => {
  it('is the base where no branch differs', () => {
    expect(merge({ a: 1 }, branch('A', { a: 1 }))).toEqual({ value: { a: 1 }, condition: undefined });
  });

  it('takes a value of a branch under its condition, as deep within as can be', () => {
    expect(merge({ a: 1, b: { c: 1 } }, branch('A', { a: 1, b: { c: 2 } }))).toEqual({
      value: { a: 1, b: { c: { 'Fn::If': ['A', 2, 1] } } },
      condition: undefined,
    });
  });

  it('adds and leaves out keys by conditions', () => {
    expect(merge({ a: 1 }, branch('A', { a: 1, b: 2 }), branch('B', {}))).toEqual({
      value: { a: { 'Fn::If': ['NotB', 1, NO_VALUE] }, b: { 'Fn::If': ['A', 2, NO_VALUE] } },
      condition: undefined,
    });
  });

  it('adds and leaves out items of lists, in the order of the lists', () => {
    expect(merge(['x', 'y'], branch('A', ['x', 'new', 'y']), branch('B', ['y']))).toEqual({
      value: [{ 'Fn::If': ['NotB', 'x', NO_VALUE] }, { 'Fn::If': ['A', 'new', NO_VALUE] }, 'y'],
      condition: undefined,
    });
  });

  it('changes items of lists that stay as long', () => {
    expect(merge([{ a: 1 }, 2], branch('A', [{ a: 3 }, 2]))).toEqual({
      value: [{ a: { 'Fn::If': ['A', 3, 1] } }, 2],
      condition: undefined,
    });
  });

  it('is whole where it is a function of CloudFormation', () => {
    const [one, two] = [{ 'Fn::Sub': 'one' }, { 'Fn::Sub': 'two' }];
    expect(merge(one, branch('A', two))).toEqual({ value: { 'Fn::If': ['A', two, one] }, condition: undefined });
    expect(merge({ Ref: 'X' }, branch('A', 'x'))).toMatchObject({ value: { 'Fn::If': ['A', 'x', { Ref: 'X' }] } });
  });

  it('is there where one branch has it that the base lacks, and where none has left it out', () => {
    expect(merge(ABSENT, branch('A', 1), branch('B', 1))).toEqual({ value: 1, condition: 'AOrB' });
    expect(merge(1, branch('A', ABSENT), branch('B', ABSENT))).toEqual({ value: 1, condition: 'NotAAndNotB' });
  });

  it('compares a branch with the one that it refines', () => {
    expect(merge({}, branch('A', { a: 1 }), branch('B', { a: 1, b: 2 }, 'A'))).toEqual({
      value: { a: { 'Fn::If': ['A', 1, NO_VALUE] }, b: { 'Fn::If': ['B', 2, NO_VALUE] } },
      condition: undefined,
    });
  });

  it('is refused where a branch does not say on what it depends', () => {
    const silent = { ...branch('A', 2), conditionsOf: () => [] };
    expect(() => merge({ deep: 1 }, { ...silent, value: { deep: 2 } })).toThrow('node.deep depends on an optional');
  });
});

describe('conditions', () => {
  it('are named after what they are built of, each part once', () => {
    const conditions = createConditions({ A: { known: true } });
    const both = conditions.all(['B', 'A']);
    expect(conditions.all([both, 'C', 'A'])).toBe('AAndBAndC');
    expect(conditions.any(['A'])).toBe('A');
    expect(conditions.toTemplate()).toMatchObject({
      A: { known: true },
      AAndBAndC: { 'Fn::And': [{ Condition: 'A' }, { Condition: 'B' }, { Condition: 'C' }] },
    });
  });

  it('are not made of nothing', () => {
    expect(() => createConditions({}).any([])).toThrow(RangeError);
  });
});
