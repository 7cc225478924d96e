import { expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

const saying = (message: unknown): string => JSON.stringify({ error: { code: 'policy_invalid', message } });

it.each([
  ['what Conjur says', saying('line 3 is wrong'), /: line 3 is wrong$/],
  ['no more than the beginning of it', saying('x'.repeat(501)), /: x{500}$/],
  [
    'what to look at where it says nothing',
    saying(undefined),
    /: it gives no reason\. Check names, .*CYBERARK_GRANT_READ/,
  ],
  ['nor where it is no text', saying(7), /: it gives no reason\./],
  ['nor where there is no answer to read', '', /: it gives no reason\./],
])('a policy that is rejected is told with %s', async (_, body, message) => {
  const { conjur } = mockConjur(() => ({ status: 422, body }));
  await expect(conjur.loadPolicy('root', '- !group a')).rejects.toMatchObject({
    ...{ code: 'unprocessable', message: expect.stringMatching(message) },
  });
});
