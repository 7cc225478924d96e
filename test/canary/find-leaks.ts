import { secretForms } from './secret-forms.ts';

/** A secret that was found where it must not stand. */
export interface Leak {
  /** What kind of secret, as the test calls it. */
  readonly secret: string;
  /** Where it stood. */
  readonly place: string;
}

/**
 * Searches texts for secrets in every form.
 * @param secrets what each is, such as `api key`, by its value
 * @param texts by where they stood
 */
export function findLeaks(secrets: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): Leak[] {
  const leaks: Leak[] = [];
  for (const [value, secret] of secrets) {
    const forms = secretForms(value);
    for (const [place, text] of texts) if (forms.some((form) => text.includes(form))) leaks.push({ secret, place });
  }
  return leaks;
}
