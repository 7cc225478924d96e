import { describe, expect, it } from 'vitest';
import { checkArguments } from '../../../../infra/deploy/check-arguments.ts';

describe('the arguments of package and deploy', () => {
  it.each([
    [[]],
    [['--stage', 'prod', '--region=eu-west-1', '--verbose']],
    [['--param', 'tracing=true', '--param=CYBERARK_ACCOUNT=acme', '-s', 'prod', '--aws-profile', 'me']],
  ])('are flags and their values: %j', (args) => {
    expect(checkArguments(args)).toEqual([]);
  });

  it.each([[['prod']], [['--region=eu-west-1', 'prod']], [['--verbose', 'prod']], [['--stage', 'dev', 'prod']]])(
    'are nothing else: what npm leaves over without -- would be passed over, and dev deployed: %j',
    (args) => {
      expect(checkArguments(args)).toEqual([
        expect.stringMatching(/^"prod" belongs to no flag.*npm run deploy -- --stage prod/),
      ]);
    },
  );

  it('are not quoted with their values', () => {
    expect(checkArguments(['CYBERARK_API_KEY=canary-value'])[0]).not.toContain('canary-value');
  });
});
