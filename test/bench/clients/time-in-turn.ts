/** Milliseconds of each piece of work, by contender. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** What contends: a name, and a piece of work that is timed. */
export type Contenders<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

export interface Schedule {
  /** In each round every contender has one turn. */
  readonly rounds: number;
  /**
   * Pieces of work in one turn, default 1. One that is as short as a read runs slower right after another contender, whose code and data
   * are in the processor's caches; in a row, each is measured as it runs alone.
   */
  readonly inARow?: number;
}

/**
 * Lets contenders work in turn, one after the other, in an order that shifts with every round: so that all of them meet the same machine.
 */
export async function timeInTurn<Name extends string>(
  contenders: Contenders<Name>,
  { rounds, inARow = 1 }: Schedule,
): Promise<Turns<Name>> {
  const names = Object.keys(contenders) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as Name;
      for (let count = 0; count < inARow; count += 1) {
        const startedMs = performance.now();
        await contenders[name]();
        times[name].push(performance.now() - startedMs);
      }
    }
  }
  return times;
}

/** Repeats {@link timeInTurn}; the repetitions show the spread. */
export async function repeatInTurn<Name extends string>(
  contenders: Contenders<Name>,
  { repetitions, warmUp, ...schedule }: Schedule & { readonly repetitions: number; readonly warmUp?: number },
): Promise<Turns<Name>[]> {
  // Not counted: the compilers and the caches warm up.
  await timeInTurn(contenders, { ...schedule, rounds: warmUp ?? Math.max(1, Math.ceil(schedule.rounds / 2)) });
  const all: Turns<Name>[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) all.push(await timeInTurn(contenders, schedule));
  return all;
}
