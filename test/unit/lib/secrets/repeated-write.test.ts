import { describe, expect, it } from 'vitest';
import { type Answer, mockConjur } from '../mock-conjur.ts';

const UNKNOWN = 'It is not known whether the value of "a" was written';

interface Lost {
  /** What stands there when the client looks, from version 1; a version that Conjur does not give any more is undefined. */
  readonly versions: readonly (string | undefined)[];
  /** The version that the client saw before. */
  readonly seen?: number;
  /** In the place of each answer to a look at the value, or at the variable. */
  readonly toRead?: Answer;
  readonly toShow?: Answer;
}

/** Writes `mine`, of which the first answer is lost. @returns how often it was sent, which versions were looked at, and the outcome */
async function lose({ versions, seen: seenVersion, toRead, toShow }: Lost) {
  let isLost = false;
  let latest = seenVersion ?? 0;
  const looked: string[] = [];
  const { conjur, seen } = mockConjur(({ method, path }) => {
    if (method === 'POST') {
      if (!isLost || looked.length > 0) return { status: 201 };
      latest = versions.length;
      throw new Error('the connection broke');
    }
    const secrets = Array.from({ length: latest }, (_, at) => ({ version: at + 1 }));
    if (path.startsWith('/resources/'))
      return (
        (isLost ? toShow : undefined) ?? { status: 200, body: JSON.stringify({ id: 'default:variable:a', secrets }) }
      );
    const version = /version=(\d+)/.exec(path)?.[1];
    looked.push(version ?? 'latest');
    const body = versions[Number(version ?? latest) - 1];
    return toRead ?? (body === undefined ? { status: 404 } : { status: 200, body });
  });
  if (seenVersion !== undefined) await conjur.writeSecret('a', 'before');
  seen.length = 0;
  isLost = true;
  const outcome = await conjur.writeSecret('a', 'mine', { reportVersion: false }).then(
    () => 'written',
    (error: Error) => error.message,
  );
  return { sent: seen.filter(({ method }) => method === 'POST').length, looked, outcome };
}

describe('a write whose answer was lost', () => {
  it('is not sent again where its value stands there', async () => {
    expect(await lose({ versions: ['other', 'mine'] })).toEqual({ sent: 1, looked: ['latest'], outcome: 'written' });
  });

  it('took effect where its value stands below another, and above what was seen before', async () => {
    expect(await lose({ versions: ['before', 'mine', 'theirs'], seen: 1 })).toEqual({
      ...{ sent: 1, looked: ['latest', '2'], outcome: 'written' },
    });
  });

  it('is sent again where its value stands only at or below what was seen before', async () => {
    expect(await lose({ versions: ['mine', 'mine', 'theirs', 'theirs'], seen: 2 })).toEqual({
      ...{ sent: 2, looked: ['latest', '3'], outcome: 'written' },
    });
  });

  it('is sent again where its value does not stand there', async () => {
    expect(await lose({ versions: ['one', undefined, 'three'] })).toEqual({
      ...{ sent: 2, looked: ['latest', '2', '1'], outcome: 'written' },
    });
  });

  it.each<[string, Lost]>([
    ['nothing was seen before', { versions: ['mine', 'theirs'] }],
    // It was deleted, and made anew: it counts from 1 again.
    ['what was seen was another variable', { versions: ['mine', 'theirs'], seen: 3 }],
    ['its versions are not told', { versions: ['mine', 'theirs'], toShow: { status: 404 } }],
  ])('is not known to have taken effect where %s', async (_, lost) => {
    const { sent, outcome } = await lose(lost);
    expect([sent, outcome]).toEqual([1, expect.stringContaining(UNKNOWN)]);
  });

  it('is looked for among the 20 versions that Conjur keeps', async () => {
    const withMineAt = (version: number) => Array.from({ length: 25 }, (_, at) => (at + 1 === version ? 'mine' : 'x'));
    const oldest = await lose({ versions: withMineAt(6) });
    expect([oldest.sent, oldest.looked.at(-1)]).toEqual([1, '6']);
    expect(oldest.outcome).toContain(UNKNOWN);
    const older = await lose({ versions: withMineAt(5) });
    expect(older).toMatchObject({ sent: 2, outcome: 'written' });
    expect(older.looked).toHaveLength(20);
  });

  it.each([
    ['may not be read', 403],
    ['is not there', 404],
  ])('is sent again where the variable %s', async (_, status) => {
    expect(await lose({ versions: ['x'], toRead: { status } })).toEqual({
      ...{ sent: 2, looked: ['latest'], outcome: 'written' },
    });
  });

  it('is not sent again where the look fails', async () => {
    const { sent, outcome } = await lose({ versions: ['x'], toRead: { status: 500 } });
    expect([sent, outcome]).toEqual([1, expect.stringContaining('Conjur answered 500 while reading the secret "a"')]);
  });
});
