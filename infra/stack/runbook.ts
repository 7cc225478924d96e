import { type ResolverContext, resolveParam } from './resolver-context.ts';

/** Where alarms point without the parameter `runbook_url`. */
const DEFAULT_RUNBOOK = 'docs/operations.md';

/**
 * The page that an alarm's description names, with the alarm's heading as its anchor: docs/operations.md, or a copy of it at the parameter
 * `runbook_url`.
 * @throws Error for what is no https URL
 */
export async function resolveRunbook(context: ResolverContext): Promise<(alarmName: string) => string> {
  const url = await resolveParam(context, 'runbook_url');
  if (url === undefined) return (name) => `${DEFAULT_RUNBOOK}#${name}`;
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return (name) => `${url.replace(/#.*$/s, '')}#${name}`;
  throw new Error('The parameter runbook_url must be an https URL, such as https://wiki.example.com/conjur-functions.');
}
