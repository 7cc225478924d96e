import { describe, expect, it } from 'vitest';
import { checkValues, Problems, parseText, type ReadFile } from '../../../lib/option-values.ts';
import type { OptionRow } from '../../../lib/options.ts';
import { UNSEEN_PEM } from '../../../lib/pem.ts';
import { Secret } from '../../../lib/secret.ts';

const ROW = { env: ['OPTION'], group: 'none', meaning: 'an option' } as const;

function read(row: OptionRow, text: string, readFile: ReadFile = () => ''): unknown {
  return parseText(row, 'OPTION', text, readFile);
}

/** What comes of a value that a program writes: itself, or what is wrong with it. */
function check(row: OptionRow, value: unknown): unknown {
  const problems = new Problems();
  const { option } = checkValues({ option: row }, () => value, String, problems);
  return problems.list.length === 0 ? option : problems.list.join();
}

describe('a whole number without bounds', () => {
  const row: OptionRow = { ...ROW, type: 'integer' };
  const most = Number.MAX_SAFE_INTEGER;

  it('is any that is not negative, in the environment', () => {
    expect([read(row, '0'), read(row, `${most}`)]).toEqual([0, most]);
    for (const text of ['-1', `${most}0`, '1.5', '1e3', 'x1', '1x'])
      expect(() => read(row, text)).toThrow('must be a whole');
  });

  it('is any that is not negative, in seconds', () => {
    const inSeconds: OptionRow = { ...row, envUnit: 's' };
    expect([read(inSeconds, '0'), read(inSeconds, '9007199254740')]).toEqual([0, 9_007_199_254_740_000]);
    expect(() => read(inSeconds, '9007199254741')).toThrow('must be a whole number');
  });

  it('is any that is not negative, in a program', () => {
    expect([check(row, 0), check(row, most)]).toEqual([0, most]);
    for (const value of [-1, most + 1, '1', 0.5])
      expect(check(row, value)).toBe(`option must be a whole number from 0 to ${most}`);
  });
});

describe('a URL', () => {
  const row: OptionRow = { ...ROW, type: 'url' };

  it('is http or https, and stays what it is', () => {
    const url = new URL('http://h/path');
    expect(check(row, url)).toBe(url);
    expect(String(check(row, 'https://h:8443/path'))).toBe('https://h:8443/path');
  });

  it('is the default where nothing is given', () => {
    expect(check({ ...row, default: 'https://h' }, undefined)).toEqual(new URL('https://h'));
    expect(check(row, undefined)).toBeUndefined();
  });

  it.each([
    ['file:///etc', 'that begins with http:// or https://'],
    ['h', 'that begins with http:// or https://'],
    [7, 'that begins with http:// or https://'],
    ['https://user@h', 'without user, password, query and fragment'],
    ['https://:sesame@h', 'without user, password, query and fragment'],
    ['https://h?x', 'without user, password, query and fragment'],
    ['https://h#x', 'without user, password, query and fragment'],
  ])('is not %j', (value, problem) => {
    expect(check(row, value)).toBe(`option must be a URL ${problem}`);
  });

  it('stands in a list, of which each item is one', () => {
    const urls: OptionRow = { ...ROW, type: 'urls' };
    expect(check(urls, read(urls, ' https://a , ,https://b,'))).toEqual([new URL('https://a'), new URL('https://b')]);
    expect(check(urls, ['https://a', 'b'])).toContain('must be a URL');
    expect(check(urls, 'https://a')).toBe('option must be a list');
  });
});

describe('the URL of a proxy', () => {
  const row: OptionRow = { ...ROW, type: 'proxy-url' };

  it.each([
    ['proxy:3128', 'http://proxy:3128'],
    ['http://proxy', 'http://proxy'],
    ['HTTPS://proxy', 'HTTPS://proxy'],
    ['http://user:a%b@proxy', 'http://user:a%25b@proxy'],
    ['http://user:a%20b@proxy', 'http://user:a%20b@proxy'],
    ['user:password@proxy:3128', 'http://user:password@proxy:3128'],
  ])('%s is %s, and a secret', (text, address) => {
    expect(check(row, text)).toEqual(Secret.of(address));
    expect((check(row, text) as Secret).expose()).toBe(address);
  });

  it.each(['socks5://proxy', 'http://proxy/path', 'http://proxy?x', 'http://proxy#x', 'http://', 'a b'])(
    'is not %s',
    (text) => {
      expect(check(row, text)).toMatch(/^option must be the URL of an http proxy/);
    },
  );

  it('is not taken where one % begins an escape and another one does not', () => {
    expect(check(row, 'http://user:ses%20a%me@proxy')).toBe(
      'option has a user or password with a % that begins no escape: write it %25',
    );
  });

  it('stays the secret that it is', () => {
    const given = Secret.of('http://proxy:3128');
    expect(check(row, given)).toBe(given);
  });
});

describe('a text', () => {
  it('is not empty unless that is its default', () => {
    const row: OptionRow = { ...ROW, type: 'text' };
    expect([check(row, 'a'), check(row, ''), check(row, 7)]).toEqual([
      ...['a', 'option must be a text that is not empty', 'option must be a text that is not empty'],
    ]);
    expect(check({ ...row, default: '' }, '')).toBe('');
  });

  it('is what its option expects, by itself and in a list', () => {
    const row: OptionRow = { ...ROW, type: 'text', matches: (text) => text.startsWith('a'), expected: 'an a' };
    expect([check(row, 'ab'), check(row, 'b')]).toEqual(['ab', 'option must be an a']);
    const list: OptionRow = { ...row, type: 'list' };
    expect([check(list, ['ab']), check(list, ['ab', 'b'])]).toEqual([['ab'], 'option must be an a']);
    expect(read(list, 'ab, ac,')).toEqual(['ab', 'ac']);
  });

  it('is taken from the environment without the space around it', () => {
    expect(read({ ...ROW, type: 'text' }, ' a b\n')).toBe('a b');
    expect(read({ ...ROW, type: 'text', read: (text, variable) => `${variable} ${text}` }, ' a ')).toBe('OPTION a');
  });
});

it('a secret is a text or a secret, and not empty', () => {
  const row: OptionRow = { ...ROW, type: 'secret' };
  const given = Secret.of('sesame');
  expect(check(row, given)).toBe(given);
  expect((check(row, 'sesame') as Secret).expose()).toBe('sesame');
  for (const value of ['', Secret.of(''), 7, { value: 'sesame' }, async () => 'sesame'])
    expect(check(row, value)).toBe('option must be a Secret, or a text that is not empty');
});

it('a token is a secret, or what gives one', () => {
  const row: OptionRow = { ...ROW, type: 'token' };
  const give = async () => 'sesame';
  expect(check(row, give)).toBe(give);
  expect((check(row, 'sesame') as Secret).expose()).toBe('sesame');
  expect(check(row, 7)).toBe('option must be a Secret, or a text that is not empty');
});

it.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['false', false],
  ['0', false],
  ['yes', 'option must be true or false'],
])('a flag is %s in the environment: %s', (text, flag) => {
  const row: OptionRow = { ...ROW, type: 'flag' };
  expect(check(row, read(row, text))).toBe(flag);
});

it.each([
  ['red', 'red'],
  ['rouge', 'red'],
  ['green', 'option must be one of red, blue'],
  ['toString', 'option must be one of red, blue'],
])('of some words, %s is %s', (text, word) => {
  const row: OptionRow = { ...ROW, type: 'one-of', values: ['red', 'blue'], aliases: { rouge: 'red' } };
  expect(check(row, read(row, text))).toBe(word);
});

describe('a PEM', () => {
  const row: OptionRow = { ...ROW, type: 'pem', label: 'CERTIFICATE' };

  it.each([
    ['/a.pem', '/a.pem'],
    [' "/a b.pem" ', '/a b.pem'],
    ["'/a.pem'", '/a.pem'],
    ['"/a.pem', '"/a.pem'],
    ['"/a".pem', '"/a".pem'],
    ['/a".pem"', '/a".pem"'],
    [`"/a.pem'`, `"/a.pem'`],
  ])('by its path, %s, is read from %s', (text, path) => {
    const files: string[] = [];
    const readFile = (file: string) => {
      files.push(file);
      return '-----BEGIN CERTIFICATE-----';
    };
    expect(read(row, text, readFile)).toBe('-----BEGIN CERTIFICATE-----');
    expect(files).toEqual([path]);
  });

  it('is refused where its file is none, or is not there', () => {
    expect(() => read(row, '/a', () => 'sesame')).toThrow('the file that it names is none');
    expect(() =>
      read(row, '/a', () => {
        throw new Error('ENOENT: sesame');
      }),
    ).toThrow(/^is neither a PEM nor the path of a file that can be read$/);
  });

  it('in a file that this process does not see counts as good', () => {
    expect(read(row, '/a', () => UNSEEN_PEM)).toBe(UNSEEN_PEM);
  });
});

it('a fault of the program is no fault of its options', () => {
  const problems = new Problems();
  const fail = () => {
    throw new TypeError('a fault');
  };
  expect(() => problems.try('option', fail)).toThrow('a fault');
  expect(problems.list).toEqual([]);
});
