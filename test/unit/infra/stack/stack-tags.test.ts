import { describe, expect, it } from 'vitest';
import { resolveStackTags } from '../../../../infra/stack/stack-tags.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const resolve = (stack_tags: string): Promise<Record<string, string>> =>
  resolveStackTags(resolverContext({ stack_tags }));

describe('the tags of the stack', () => {
  it('are those of the list; a value may be empty and hold a =', async () => {
    expect(await resolve('team=payments, cost-center=a=b,temporary=')).toEqual({
      team: 'payments',
      'cost-center': 'a=b',
      temporary: '',
    });
    expect(await resolve('')).toEqual({});
  });

  it.each([
    'team',
    '=payments',
    'aws:team=x',
    'AWS:team=x',
    'team=<b>',
    `${'a'.repeat(129)}=x`,
    `a=${'x'.repeat(257)}`,
  ])('cannot be %s', async (text) => {
    await expect(resolve(text)).rejects.toThrow('must list name=value');
  });

  it('are each named once, and no more than AWS takes', async () => {
    await expect(resolve('a=1,a=2')).rejects.toThrow('twice');
    await expect(resolve(Array.from({ length: 49 }, (_, index) => `t${index}=x`).join(','))).rejects.toThrow('48 tags');
  });
});
