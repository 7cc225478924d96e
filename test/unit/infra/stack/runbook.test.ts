import { describe, expect, it } from 'vitest';
import { resolveRunbook } from '../../../../infra/stack/runbook.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

describe('the runbook of an alarm', () => {
  it('is docs/operations.md, or the page that a parameter names', async () => {
    const own = await resolveRunbook(resolverContext());
    expect(own('rotation-failed')).toBe('docs/operations.md#rotation-failed');
    const wiki = await resolveRunbook(resolverContext({ runbook_url: 'https://wiki.example.com/conjur?x=1#top' }));
    expect(wiki('rotation-failed')).toBe('https://wiki.example.com/conjur?x=1#rotation-failed');
  });

  it.each(['wiki', 'http://wiki.example.com', 'javascript:alert(1)'])('cannot be %s', async (runbook_url) => {
    await expect(resolveRunbook(resolverContext({ runbook_url }))).rejects.toThrow('https URL');
  });
});
