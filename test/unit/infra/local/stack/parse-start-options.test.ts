import { expect, it } from 'vitest';
import { parseStartOptions } from '../../../../../infra/local/stack/parse-start-options.ts';

const DATA = '/home/me/project/.local/conjur.sqlite';

it('--port-offset moves the three usual ports, and keeps the data apart', () => {
  expect(parseStartOptions(['--port-offset', '100'], DATA)).toMatchObject({
    apiPort: 3100,
    lambdaPort: 3102,
    conjurPort: 8180,
    secretsManagerPort: 0,
    litellmPort: 0,
    data: '/home/me/project/.local/port-offset-100/conjur.sqlite',
  });
});

it('a port or a file that is named stays where it is, whatever the offset', () => {
  const args = ['--port-offset', '100', '--api-port', '4000', '--data', ':memory:'];
  expect(parseStartOptions(args, DATA)).toMatchObject({ apiPort: 4000, lambdaPort: 3102, data: ':memory:' });
});

it('without an offset everything is where the documentation says', () => {
  expect(parseStartOptions([], DATA)).toMatchObject({ apiPort: 3000, lambdaPort: 3002, conjurPort: 8080, data: DATA });
});

it.each(['-1', '57456', '1.5', '', 'x'])('--port-offset %j is refused', (offset) => {
  expect(() => parseStartOptions([`--port-offset=${offset}`], DATA)).toThrow(
    '--port-offset must be a whole number from 0 to 57455.',
  );
});
