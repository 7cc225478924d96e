import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../../../infra/cli/run-command.ts';
import { START_FLAGS, type StartOptions, toStartOptions } from '../../../../../infra/local/stack/start-options.ts';

function parse(...args: string[]): StartOptions {
  return toStartOptions(parseCommandLine({ start: 'npm start', flags: START_FLAGS }, args).flags);
}

it('--port-offset moves the three usual ports, and keeps the data apart', () => {
  expect(parse('--port-offset', '100')).toMatchObject({
    apiPort: 3100,
    lambdaPort: 3102,
    conjurPort: 8180,
    secretsManagerPort: 0,
    litellmPort: 0,
    data: expect.stringMatching(/\.local\/port-offset-100\/conjur\.sqlite$/),
  });
});

it('a port or a file that is named stays where it is, whatever the offset', () => {
  const args = ['--port-offset', '100', '--api-port', '4000', '--data', ':memory:'];
  expect(parse(...args)).toMatchObject({ apiPort: 4000, lambdaPort: 3102, data: ':memory:' });
});

it('without an offset everything is where the documentation says', () => {
  const data = expect.stringMatching(/\.local\/conjur\.sqlite$/);
  expect(parse()).toMatchObject({ apiPort: 3000, lambdaPort: 3002, conjurPort: 8080, data });
});

it.each(['-1', '57456', '1.5', '', 'x'])('--port-offset %j is refused', (offset) => {
  expect(() => parse(`--port-offset=${offset}`)).toThrow(
    `--port-offset takes a whole number from 0 to 57455, not "${offset}".`,
  );
});

describe('--server-version', () => {
  it('is the version that the local Conjur behaves as', () => {
    expect(parse('--server-version', '1.27')).toMatchObject({ serverVersion: '1.27' });
    expect(parse()).toMatchObject({ serverVersion: undefined });
  });

  it.each(['1.20', 'latest', '1'])('%s is refused', (version) => {
    expect(() => parse('--server-version', version)).toThrow(
      `--server-version takes a version from 1.21 such as 1.24.0, not ${version}.`,
    );
  });

  it('does not go together with another Conjur', () => {
    expect(() => parse('--server-version', '1.27', '--conjur', 'https://conjur.example.com')).toThrow(
      '--server-version is about the local Conjur, and --conjur names another.',
    );
  });
});
