import type { Contenders, Schedule } from './time-in-turn.ts';

/** Microseconds of processor time of one piece of work, by contender. */
export type ProcessorTimes<Name extends string> = Readonly<Record<Name, number>>;

/**
 * Processor time of this process for each piece of work, of contenders in turn; the repetitions show the spread. Other processes on the
 * machine hardly show in it, nor does what the server takes. It counts all threads: the garbage collector's are work that somebody made.
 * @param schedule `inARow` pieces of work in each turn, since a single one is too short for the system's counter
 */
export async function countProcessorTime<Name extends string>(
  contenders: Contenders<Name>,
  { repetitions, rounds, inARow = 100 }: Schedule & { readonly repetitions: number },
): Promise<ProcessorTimes<Name>[]> {
  const names = Object.keys(contenders) as Name[];
  const all: ProcessorTimes<Name>[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const used = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const name = names[(round + turn) % names.length] as Name;
        const before = process.cpuUsage();
        for (let count = 0; count < inARow; count += 1) await contenders[name]();
        const { user, system } = process.cpuUsage(before);
        used[name] += user + system;
      }
    }
    for (const name of names) used[name] /= rounds * inARow;
    all.push(used);
  }
  return all;
}
