import { describe, expect, it } from 'vitest';
import { resolveLayers } from '../../../../infra/stack/layers.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:layer:certificates:3';

describe('the layers', () => {
  it('are those of the parameter, and none on this machine', async () => {
    const context = resolverContext({ layer_arns: `${ARN}, ${ARN}` });
    expect(await resolveLayers(context, false)).toEqual([ARN, ARN]);
    expect(await resolveLayers(context, true)).toBeNull();
    expect(await resolveLayers(resolverContext(), false)).toBeNull();
  });

  it.each(['certificates', ARN.replace(/:3$/, ''), Array(6).fill(ARN).join()])('cannot be "%s"', async (layer_arns) => {
    await expect(resolveLayers(resolverContext({ layer_arns }), false)).rejects.toThrow('layer_arns must list');
  });
});
