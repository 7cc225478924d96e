import { ConjurError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and collects what is wrong with them, so that all faults can be reported together. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The first of the variables that is set; an empty one counts as not set. */
  text(...variables: readonly string[]): string | undefined {
    for (const variable of variables) {
      const value = this.#environment[variable];
      if (value !== undefined && value.trim() !== '') return value;
    }
    return undefined;
  }

  /** Which of the variables {@link EnvironmentReader.text} took, for messages. */
  nameOf(...variables: readonly string[]): string {
    return variables.find((variable) => this.text(variable) !== undefined) ?? (variables[0] as string);
  }

  list(variable: string): string[] {
    const parts = this.text(variable)?.split(',') ?? [];
    return parts.map((part) => part.trim()).filter((part) => part !== '');
  }

  flag(variable: string, byDefault: boolean): boolean {
    const text = this.text(variable)?.trim().toLowerCase();
    if (text === undefined) return byDefault;
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    this.problem(variable, 'must be true or false');
    return byDefault;
  }

  integer(variable: string, byDefault: number, min: number, max: number): number {
    const text = this.text(variable)?.trim();
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    this.problem(variable, `must be a whole number from ${min} to ${max}`);
    return byDefault;
  }

  oneOf<T extends string>(variable: string, values: readonly T[]): T | undefined {
    const text = this.text(variable)?.trim();
    if (text === undefined) return undefined;
    if ((values as readonly string[]).includes(text)) return text as T;
    this.problem(variable, `must be one of ${values.join(', ')}`);
    return undefined;
  }

  url(variable: string, text: string): URL | undefined {
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
      this.problem(variable, 'must be a URL that begins with http:// or https://');
      return undefined;
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      this.problem(variable, 'must be a URL without user, password, query and fragment');
      return undefined;
    }
    return url;
  }

  /** Notes what is wrong with a variable. The text must not hold the variable's value. */
  problem(variable: string, problem: string): void {
    this.problems.push(`${variable} ${problem}`);
  }

  /** @throws ConjurError `config_invalid`, which tells all that was noted */
  assertNoProblems(): void {
    if (this.problems.length === 0) return;
    throw new ConjurError(
      'config_invalid',
      `The settings are not usable: ${this.problems.join('; ')}. Correct the function's environment.`,
    );
  }
}
