import { describe, expect, it } from 'vitest';
import { listPortableParameters, MARK_REGION, MARK_STAGE } from '../../../../infra/release/portable-parameters.ts';
import { findMarked, replaceMarks } from '../../../../infra/release/replace-marks.ts';

const parameters = listPortableParameters({});
const markOf = (name: string): string => parameters.find((parameter) => parameter.name === name)?.mark ?? '';
const replace = (node: unknown): unknown => replaceMarks(node, parameters);

describe('a mark', () => {
  it('that is a whole value becomes a reference', () => {
    expect(replace({ a: markOf('CYBERARK_ACCOUNT'), b: Number(markOf('throttle_rate')) })).toEqual({
      a: { Ref: 'CyberarkAccount' },
      b: { Ref: 'ThrottleRate' },
    });
  });

  it('within a text is put in by Fn::Sub, and what looks like a reference there stays a text', () => {
    expect(replace(`\${HOME} of ${MARK_STAGE}`)).toEqual({ 'Fn::Sub': `\${!HOME} of \${Stage}` });
    expect(replace({ 'Fn::Sub': `\${AWS::AccountId}-${MARK_STAGE}-${MARK_REGION}` })).toEqual({
      'Fn::Sub': `\${AWS::AccountId}-\${Stage}-\${AWS::Region}`,
    });
    expect(replace({ 'Fn::Sub': [`\${x}-${MARK_STAGE}`, { x: MARK_STAGE }] })).toEqual({
      'Fn::Sub': [`\${x}-\${Stage}`, { x: { Ref: 'Stage' } }],
    });
  });

  it('of a list takes the place of the list, and nothing less', () => {
    const subnet = markOf('vpc_subnet_ids');
    expect(replace([subnet])).toEqual({ Ref: 'VpcSubnetIds' });
    expect(() => replace(`${subnet} and more`)).toThrow('A list cannot stand within a text: VpcSubnetIds');
    expect(replace({ 'Fn::Sub': `arn:aws:ec2:\${AWS::Region}:*:subnet/${subnet}` })).toEqual({
      'Fn::Sub': `arn:aws:ec2:\${AWS::Region}:*:subnet/*`,
    });
  });

  it('that ends a logical id is left out of it', () => {
    expect(replace({ [`CalledByAccount${markOf('caller_account_ids')}`]: 1 })).toEqual({ CalledByAccount: 1 });
  });

  it('of digits is no part of another text', () => {
    const digits = markOf('rotate_key_concurrency');
    expect(replace(`x${digits}y`)).toBe(`x${digits}y`);
    expect(findMarked({ a: [`x${digits}`] }, parameters)).toEqual([]);
    expect(findMarked({ a: [Number(digits)] }, parameters).map(({ name }) => name)).toEqual(['rotate_key_concurrency']);
  });

  it('is found in no other', () => {
    for (const { name, mark } of parameters)
      expect(findMarked(mark, parameters).map((found) => found.name)).toEqual([name]);
  });
});
