/** A login takes milliseconds; a Conjur that is not reached takes the whole life of an invocation. */
const PATIENCE_MS = 10_000;

/**
 * Why the functions cannot work, in their own words; undefined where they can. They start without a Conjur, and without settings that
 * are any good: each call then says so, but who has only just started them should not have to make one to learn it.
 * @param signal ends the question, without an answer
 */
export async function findTrouble(apiUrl: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(`${apiUrl}/health`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    if (response.ok) return undefined;
    const { detail } = (await response.json()) as { detail?: unknown };
    return typeof detail === 'string' ? detail : `GET ${apiUrl}/health answers ${response.status}.`;
  } catch (error) {
    if (signal.aborted) return undefined;
    return `GET ${apiUrl}/health has no answer (${(error as Error).name}). Is Conjur there?`;
  }
}
