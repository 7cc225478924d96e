import { afterEach, describe, expect, it, vi } from 'vitest';
import { commaSeparated, number, oneOf, text, texts, toggle, UsageError, url } from '../../../../infra/cli/flags.ts';
import { type Command, parseCommandLine, runCommand } from '../../../../infra/cli/run-command.ts';

const FLAGS = {
  name: text('NAME', 'a name', 'nobody'),
  json: toggle('print JSON'),
  events: number('N', 'how many', { min: 1, max: 10, byDefault: 3 }),
  share: number('RATE', 'a share', { min: 0, max: 1, fractions: true }),
  who: oneOf(['all', 'some'], 'who', 'all'),
  param: texts('NAME=VALUE', 'a parameter'),
  accounts: commaSeparated('A,B', 'accounts'),
  base: url('a base URL'),
};

const parse = (...args: string[]) => parseCommandLine({ start: 'npm run test-me', flags: FLAGS }, args).flags;

describe('a command line', () => {
  it('has a value for every flag, given or not', () => {
    expect(parse()).toEqual({
      ...{ name: 'nobody', json: false, events: 3, share: undefined, who: 'all' },
      ...{ param: [], accounts: [], base: undefined },
    });
  });

  it('takes values after a space or "=", lists by repetition, the last of anything else', () => {
    const given = ['--name', 'a', '--name=b', '--json', '--events', '7', '--share', '0.5', '--who=some'];
    const more = ['--param', 'a=1', '--param=b=2', '--accounts', 'x, y,', '--base', 'https://conjur.example.com/api/'];
    expect(parse(...given, ...more)).toEqual({
      ...{ name: 'b', json: true, events: 7, share: 0.5, who: 'some' },
      ...{ param: ['a=1', 'b=2'], accounts: ['x', 'y'], base: 'https://conjur.example.com/api' },
    });
  });

  it('takes a value that begins with dashes after "=" only', () => {
    expect(parse('--name=--json')).toMatchObject({ name: '--json', json: false });
  });

  it.each([
    [['--nmae', 'x'], 'Unknown flag --nmae. Did you mean --name?'],
    [['--nonsense-of-mine'], 'Unknown flag --nonsense-of-mine.'],
    [['-x'], 'Unknown flag -x.'],
    [['--constructor'], 'Unknown flag --constructor.'],
    [['--name'], '--name needs a value: --name NAME.'],
    [['--name', '--json'], '--name needs a value: --name NAME.'],
    [['--json=yes'], '--json takes no value.'],
    [['--events', '0'], '--events takes a whole number from 1 to 10, not "0".'],
    [['--events', '1.5'], '--events takes a whole number from 1 to 10, not "1.5".'],
    [['--events='], '--events takes a whole number from 1 to 10, not "".'],
    [['--share', '2'], '--share takes a number from 0 to 1, not "2".'],
    [['--who', 'none'], '--who takes all, some, not "none".'],
    [['--base', 'conjur.example.com'], '--base takes a base URL such as https://conjur.example.com.'],
    [
      ['stray'],
      '"stray" belongs to no flag. npm keeps flags for itself unless they follow "--": npm run test-me -- --flag.',
    ],
  ])('%j is refused: %s', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message));
  });

  it('is not quoted with what may be secret', () => {
    expect(() => parse('CYBERARK_API_KEY=canary-value')).not.toThrow('canary-value');
  });

  it('takes other words where the command has a use for them', () => {
    const command = { start: 'npm test', flags: {}, rest: { name: 'FILTER', help: 'files' } };
    expect(parseCommandLine(command, ['a', '--', '--b']).rest).toEqual(['a', '--b']);
  });
});

describe('running a command', () => {
  const written = { stdout: '', stderr: '' };

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    Object.assign(written, { stdout: '', stderr: '' });
    process.exitCode = undefined;
  });

  async function run(args: readonly string[], work: Command<typeof FLAGS>['run']): Promise<unknown> {
    for (const name of ['stdout', 'stderr'] as const)
      vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
        written[name] += String(chunk);
        return true;
      });
    await runCommand(
      { start: 'npm run test-me', summary: 'Tests me.', flags: FLAGS, notes: 'Good luck.', run: work },
      args,
    );
    return process.exitCode;
  }

  it.each([[['--help']], [['-h']], [['--nonsense', '--help']], [['--name', '--help']]])(
    '%j helps, and nothing else happens',
    async (args) => {
      const work = vi.fn();
      expect(await run(args, work)).toBeUndefined();
      expect(work).not.toHaveBeenCalled();
      expect(written.stderr).toBe('');
      expect(written.stdout).toMatch(/^Tests me\.\n\n {2}npm run test-me -- \[flags\]\n/);
      for (const name of Object.keys(FLAGS)) expect(written.stdout).toContain(`  --${name} `);
      expect(written.stdout).toMatch(/Good luck\.\n$/);
    },
  );

  it('ends with the status that the work returns', async () => {
    expect(await run([], () => 3)).toBe(3);
    expect(await run([], async () => undefined)).toBe(0);
  });

  it('answers a wrong command line in one line, with status 2, and does nothing', async () => {
    const work = vi.fn();
    expect(await run(['--nmae'], work)).toBe(2);
    expect(work).not.toHaveBeenCalled();
    expect(written.stderr).toBe(
      'test-me: Unknown flag --nmae. Did you mean --name? Run "npm run test-me -- --help" for the flags.\n',
    );
  });

  it.each([
    [
      new UsageError('They do not go together.'),
      2,
      'They do not go together. Run "npm run test-me -- --help" for the flags.',
    ],
    [new Error('It is down.'), 1, 'It is down.'],
    [
      Object.assign(new Error('listen'), { code: 'EADDRINUSE', port: 80 }),
      1,
      'Port 80 is taken. Stop what listens there, or choose another port.',
    ],
    [new Error("Cannot find package 'undici' imported from x"), 1, 'The package undici is missing. Run "npm ci".'],
  ])('says in one line what failed: %s', async (error, status, line) => {
    const fail = () => {
      throw error;
    };
    expect(await run([], fail)).toBe(status);
    expect(written.stderr).toBe(`test-me: ${line}\n`);
  });

  it('shows the stack of a mistake of its own', async () => {
    const fail = (): never => (undefined as unknown as { x: never }).x;
    expect(await run([], fail)).toBe(1);
    expect(written.stderr).toContain('run-command.test.ts');
  });

  it('notices a flag that npm has taken', async () => {
    vi.stubEnv('npm_lifecycle_event', 'test-me');
    vi.stubEnv('npm_config_json', 'true');
    const work = vi.fn();
    expect(await run([], work)).toBe(2);
    expect(work).not.toHaveBeenCalled();
    expect(written.stderr).toContain('npm has taken --json for itself. Put "--" before it: npm run test-me -- --json.');
  });
});
