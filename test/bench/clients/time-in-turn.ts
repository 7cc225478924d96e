/** Milliseconds of each piece of work, by contender. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** What contends: a name, and a piece of work that is timed. */
export type Contenders<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

export interface Schedule {
  /** In each round every contender has one turn. */
  readonly rounds: number;
  /** Rounds before, which are not counted: the compilers and the caches warm up. Default: half as many. */
  readonly warmUp?: number;
  readonly repetitions: number;
}

/** Whose turn it is, one after the other, in an order that shifts with every round: so that all of them meet the same machine. */
export function* inTurn<Name extends string>(names: readonly Name[], rounds: number): Generator<Name, void> {
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < names.length; turn += 1) yield names[(round + turn) % names.length] as Name;
}

/** Repeats the rounds after the warm-up; the repetitions show the spread. */
export async function repeat<T>(
  { rounds, warmUp = Math.max(1, Math.ceil(rounds / 2)), repetitions }: Schedule,
  work: (rounds: number) => Promise<T>,
): Promise<T[]> {
  await work(warmUp);
  const all: T[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) all.push(await work(rounds));
  return all;
}

/** Lets contenders work in turn, in this process. */
export function repeatInTurn<Name extends string>(
  contenders: Contenders<Name>,
  schedule: Schedule,
): Promise<Turns<Name>[]> {
  const names = Object.keys(contenders) as Name[];
  return repeat(schedule, async (rounds) => {
    const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
    for (const name of inTurn(names, rounds)) {
      const startedMs = performance.now();
      await contenders[name]();
      times[name].push(performance.now() - startedMs);
    }
    return times;
  });
}
