let count = 0;
let isAnyBad = false;

/** Runs one check of a program and prints its line of TAP. A check that breaks does not hide the next ones. */
export function check(name: string, run: () => void): void {
  count += 1;
  try {
    run();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    isAnyBad = true;
    console.log(`not ok ${count} - ${name}: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`);
  }
}

export function expect(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

/** Says how many checks there were: a program that ended early does not get here. */
export function endChecks(): void {
  console.log(`1..${count}`);
  process.exitCode = isAnyBad ? 1 : 0;
}
