import { DataFileLockedError, NotADataFileError } from '../conjur/store/open-database.ts';
import { AccountMismatchError } from '../conjur/store/open-store.ts';
import { PortTakenError } from './assert-ports-free.ts';
import { FunctionsEndedError } from './start-functions.ts';

/** What the user can mend; their messages say how. */
const EXPECTED = [PortTakenError, FunctionsEndedError, DataFileLockedError, NotADataFileError, AccountMismatchError];

/** What to print when `npm start` cannot go on: one line for what the user can mend, the whole stack for what is our mistake. */
export function toComplaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind)) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && path !== undefined) return `${path} cannot be used (${code}). ${adviceFor(path)}`;
  return error.stack ?? error.message;
}

/** What is built is not what is stored: `--data` helps with one of them only. */
function adviceFor(path: string): string {
  return /[\\/]dist(?:[\\/]|$)/.test(path)
    ? 'The functions are built there. Does the folder belong to somebody else? Delete it, or make it yours, and start again.'
    : 'Is it a file that you may write? --data names another.';
}
