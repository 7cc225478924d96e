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
  if (code !== undefined && path !== undefined)
    return `${path} cannot be used (${code}). Is it a file that you may write? --data names another.`;
  return error.stack ?? error.message;
}
