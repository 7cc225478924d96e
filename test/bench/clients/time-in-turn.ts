/** Milliseconds of each turn, by contender. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Lets contenders do their work in turn, one after the other, in an order that shifts with every round: so that all of them meet the
 * same machine, and none always follows the same other.
 */
export async function timeInTurn<Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds: number,
): Promise<Turns<Name>> {
  const names = Object.keys(contenders) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as Name;
      const startedMs = performance.now();
      await contenders[name]();
      times[name].push(performance.now() - startedMs);
    }
  }
  return times;
}

/** Repeats {@link timeInTurn}; the repetitions show the spread. */
export async function repeatInTurn<Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<unknown>>>,
  { repetitions, rounds }: { readonly repetitions: number; readonly rounds: number },
): Promise<Turns<Name>[]> {
  // Not counted: the compilers and the caches warm up.
  await timeInTurn(contenders, Math.max(1, Math.ceil(rounds / 2)));
  const all: Turns<Name>[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) all.push(await timeInTurn(contenders, rounds));
  return all;
}
