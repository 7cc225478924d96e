import { isConjurError } from '../../lib/errors.ts';

/** What settings are refused with as `config_invalid`. @throws Error where they are taken, or refused as something else */
export function refusalBy(take: () => unknown): string {
  try {
    take();
  } catch (error) {
    if (isConjurError(error, 'config_invalid')) return error.message;
    throw error;
  }
  throw new Error('The settings were taken.');
}
