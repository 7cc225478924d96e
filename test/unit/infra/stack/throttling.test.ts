import { describe, expect, it } from 'vitest';
import { resolveThrottling } from '../../../../infra/stack/throttling.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

describe('the limits of the HTTP API', () => {
  it('are those of its stage', async () => {
    const { Resources } = await resolveThrottling(resolverContext({ throttle_rate: '100', throttle_burst: '200' }));
    expect(Resources).toMatchObject({
      HttpApiStage: {
        Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } },
      },
    });
  });

  it("are the account's own where nothing is said, and none without an HTTP API", async () => {
    const throttled = { throttle_rate: '100', throttle_burst: '200', http_api: 'off' };
    expect(await resolveThrottling(resolverContext())).toEqual({ Resources: {} });
    expect(await resolveThrottling(resolverContext(throttled))).toEqual({ Resources: {} });
  });

  it.each([
    { throttle_rate: '100' },
    { throttle_burst: '100' },
    { throttle_rate: '100', throttle_burst: '0' },
    { throttle_rate: '1.5', throttle_burst: '10' },
    { throttle_rate: 'many', throttle_burst: '10' },
  ])('cannot be %j', async (params) => {
    await expect(resolveThrottling(resolverContext(params))).rejects.toThrow('whole number above 0');
  });
});
