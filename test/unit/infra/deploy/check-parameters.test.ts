import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkParameters } from '../../../../infra/deploy/check-parameters.ts';
import { readParameterNames } from '../../../../infra/deploy/read-parameter-names.ts';

const own = readParameterNames(fileURLToPath(new URL('../../../../serverless.yml', import.meta.url)));

describe('the parameters of the command line', () => {
  it('are those of serverless.yml and the settings, in each form of the flag', () => {
    const args = ['--stage', 'prod', '--param=tracing=true', '--param', 'CYBERARK_API_BASE=https://a?b=c', '--param=x'];
    expect(checkParameters(args.slice(0, -1), own)).toEqual([]);
    expect(checkParameters(args, own)).toEqual([
      'There is no parameter "x". docs/deployment.md and docs/settings.md list them.',
    ]);
  });

  it('are refused where they are misspelt: serverless would pass over them', () => {
    const args = ['--param=vpc_subnet_id=subnet-1', '--param', 'CYBERARK_API_BSE=https://conjur'];
    expect(checkParameters(args, own)).toEqual([
      expect.stringContaining('"vpc_subnet_id"'),
      expect.stringContaining('"CYBERARK_API_BSE"'),
    ]);
  });

  it('are refused where they are secrets, and not shown', () => {
    const [finding] = checkParameters(['--param=CYBERARK_API_KEY=canary-value'], own);
    expect(finding).toContain('CYBERARK_API_KEY is a secret');
    expect(finding).not.toContain('canary-value');
  });
});
